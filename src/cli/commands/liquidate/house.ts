import type { Command } from "commander";
import {
  absorbLoss,
  clearResidual,
  releaseLots,
  takeOver,
  tradeHouse,
} from "../../../chain/liquidation/house.ts";
import { absorbableLots, readFunds } from "../../../chain/liquidation/read-funds.ts";
import { readParameters } from "../../../chain/liquidation/read-parties.ts";
import { BallastError } from "../../../errors.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { absorbPurpose, HOUSE_PURPOSE, RELEASE_PURPOSE } from "../../../liquidation/purpose.ts";
import { emit } from "../../io.ts";
import {
  atDesk,
  attestAt,
  caseWith,
  checkOnLedger,
  counterparty,
  type DeskOptions,
  equityAt,
  provesAndSends,
  purposeIn,
  reductionAt,
  transferAt,
} from "../../liquidation/desk.ts";
import { loadHouse } from "../../liquidation/house-file.ts";
import { keepThenSend } from "../../liquidation/keep.ts";
import { caseOf, sent } from "../../liquidation/session.ts";
import type { Runner } from "../../program.ts";
import { parseLots } from "../../solvency/asset.ts";
import { LEGS_HELP, legsAndCash } from "./venue.ts";

interface HouseOptions extends DeskOptions {
  readonly house: string;
}
interface OutputOptions extends HouseOptions {
  readonly output: string;
}
interface TakeOverOptions extends OutputOptions {
  readonly account: string;
}
interface ReleaseOptions extends OutputOptions {
  readonly lots: string;
}
interface TradeHouseOptions extends OutputOptions {
  readonly taker: string;
  readonly legs: string[];
  readonly cash: string;
  readonly takerOutput: string;
}

const HOUSE = "the clearing house's account as the ledger has it";
const OUTPUT = "where the clearing house's account as it will be goes";

/** `ballast liquidate take-over|absorb|clear|release|trade-house` */
export function registerHouse(group: Command, run: Runner): void {
  registerTakeOver(group, run);
  registerLosses(group, run);
  registerRelease(group, run);
  registerTradeHouse(group, run);
}

function registerTakeOver(group: Command, run: Runner): void {
  provesAndSends(group, "take-over", "as the operator: take over what nobody bought", "the operator's key")
    .argument("<case>", "the case's number")
    .requiredOption("--account <file>", "the case's account")
    .requiredOption("--house <file>", HOUSE)
    .requiredOption("-o, --output <file>", OUTPUT)
    .addHelpText("after", "\nThe funds are locked from here until ballast liquidate absorb or clear.")
    .action(
      run<TakeOverOptions>((context, options, [text = ""]) => {
        const caseId = caseOf(text);
        return atDesk(
          context,
          options,
          ["transfer"],
          (snapshot) => ({
            account: loadAccount(options.account, snapshot),
            house: loadHouse(options, snapshot),
          }),
          async (desk, { account, house }) => {
            const { client, system, snapshot } = desk;
            const view = await caseWith(desk, caseId, account);
            const purpose = purposeIn(view, "takeover", system.clearingHouse);
            const plan = { a: account.account, b: house.account, whole: true };
            const done = await transferAt(desk, purpose, plan, { b: options.output });
            const files = [{ ...house, account: counterparty(done), path: options.output }];
            const receipt = await context.progress.step("taking the portfolio over", () =>
              keepThenSend(files, snapshot, () => takeOver(client, system, caseId, done.claim)),
            );
            emit(
              context.io,
              context.json,
              { caseId, file: options.output, ...sent(receipt) },
              () => `case ${caseId} is taken over; prove what it costs: ballast liquidate absorb, or clear`,
            );
          },
        );
      }),
    );
}

function registerLosses(group: Command, run: Runner): void {
  provesAndSends(
    group,
    "absorb",
    "bear the clearing house's loss with what the funds hold",
    "who pays the gas",
  )
    .requiredOption("--house <file>", HOUSE)
    .requiredOption("-o, --output <file>", OUTPUT)
    .addHelpText(
      "after",
      `
Anyone who has the house's opening may. Its equity in the newest snapshot becomes public; the insurance fund bears first, then
the Gamma Reserve, and what is left is the residual (ballast liquidate deleverage). Where nothing is drawn, the house's
account stays as it is, and no file is written.`,
    )
    .action(
      run<OutputOptions>((context, options) =>
        atDesk(
          context,
          options,
          ["equity", "transfer"],
          (snapshot) => loadHouse(options, snapshot),
          async (desk, house) => {
            const { client, system, snapshot } = desk;
            await checkOnLedger(desk, [house]);
            const equity = await equityAt(desk, house.account);
            if (equity.equity >= 0n)
              throw new BallastError("INVALID_INPUT", "The clearing house lacks nothing.", {
                hint: "Settle it with `ballast liquidate clear`.",
              });
            const { most } = absorbableLots(await readFunds(client, system), system, equity.equity);
            const funded =
              most === 0n
                ? undefined
                : await transferAt(
                    desk,
                    absorbPurpose(snapshot.snapshotId),
                    { a: house.account, funding: most },
                    { a: options.output },
                  );
            const files = funded === undefined ? [] : [{ ...house, account: funded.a, path: options.output }];
            const { receipt, ...absorbed } = await context.progress.step("absorbing the loss", () =>
              keepThenSend(files, snapshot, () => absorbLoss(client, system, equity, funded?.claim)),
            );
            const { loss, fromInsuranceFund, fromGammaReserve, residual } = absorbed;
            emit(
              context.io,
              context.json,
              { ...absorbed, file: files[0]?.path ?? null, ...sent(receipt) },
              () =>
                `of ${loss} lots the insurance fund bore ${fromInsuranceFund}, the Gamma Reserve ${fromGammaReserve}; residual: ${residual}`,
            );
          },
        ),
      ),
    );
  provesAndSends(
    group,
    "clear",
    "settle what is unsettled: the clearing house lacks nothing",
    "who pays the gas",
  )
    .requiredOption("--house <file>", HOUSE)
    .addHelpText("after", "\nAnyone who has the house's opening may. The funds are open from then on.")
    .action(
      run<HouseOptions>((context, options) =>
        atDesk(
          context,
          options,
          ["equity"],
          (snapshot) => loadHouse(options, snapshot),
          async (desk, house) => {
            await checkOnLedger(desk, [house]);
            const equity = await equityAt(desk, house.account);
            const receipt = await context.progress.step("clearing", () =>
              clearResidual(desk.client, desk.system, equity),
            );
            emit(
              context.io,
              context.json,
              { equity: equity.equity, ...sent(receipt) },
              () => "the clearing house lacks nothing: its losses are settled",
            );
          },
        ),
      ),
    );
}

function registerRelease(group: Command, run: Runner): void {
  provesAndSends(
    group,
    "release",
    "as the operator: give lots back to the insurance fund",
    "the operator's key",
  )
    .requiredOption("--house <file>", HOUSE)
    .requiredOption("--lots <n>", "how many lots of the settlement asset")
    .requiredOption("-o, --output <file>", OUTPUT)
    .addHelpText(
      "after",
      "\nThe house as it will be is attested on the way: in tier 0. Not while there is a residual.",
    )
    .action(
      run<ReleaseOptions>((context, options) => {
        const lots = parseLots(options.lots, "--lots");
        return atDesk(
          context,
          options,
          ["transfer", "coverage"],
          (snapshot) => loadHouse(options, snapshot),
          async (desk, house) => {
            const { client, system, snapshot } = desk;
            const done = await transferAt(
              desk,
              RELEASE_PURPOSE,
              { a: house.account, funding: -lots },
              { a: options.output },
            );
            const files = [{ ...house, account: done.a, path: options.output }];
            const receipt = await keepThenSend(files, snapshot, async () => {
              await attestAt(desk, done.a, 0);
              return context.progress.step("releasing lots", () => releaseLots(client, system, done.claim));
            });
            emit(
              context.io,
              context.json,
              { lots, file: options.output, ...sent(receipt) },
              () => `${lots} lots went to the insurance fund`,
            );
          },
        );
      }),
    );
}

function registerTradeHouse(group: Command, run: Runner): void {
  provesAndSends(
    group,
    "trade-house",
    "as the operator: move some of the house's risk away",
    "the operator's key",
  )
    .requiredOption("--house <file>", HOUSE)
    .requiredOption("--taker <file>", "the ordinary account that takes; its venue gives the opening")
    .requiredOption("--legs <legs...>", "what the house hands over, INSTRUMENT=QUANTITY each")
    .option("--cash <lots>", "what the taker pays, signed", "0")
    .requiredOption("-o, --output <file>", OUTPUT)
    .requiredOption("--taker-output <file>", "where the taker as it will be goes")
    .addHelpText(
      "after",
      `${LEGS_HELP}
Proven: requirement, short gamma and tier of the house are no worse after it, and it loses at most the largest penalty.`,
    )
    .action(
      run<TradeHouseOptions>((context, options) =>
        atDesk(
          context,
          options,
          ["transfer", "reduction"],
          (snapshot) => ({
            house: loadHouse(options, snapshot),
            taker: loadAccount(options.taker, snapshot),
            ...legsAndCash(options, snapshot),
          }),
          async (desk, { house, taker, moved, cash }) => {
            const { client, system, snapshot } = desk;
            await checkOnLedger(desk, [house, taker]);
            const { funds } = await readParameters(client, system);
            const plan = { a: house.account, b: taker.account, moved, cash };
            const done = await transferAt(desk, HOUSE_PURPOSE, plan, {
              a: options.output,
              b: options.takerOutput,
            });
            const reduction = await reductionAt(desk, house.account, done.a, funds.maxPenalty);
            const files = [
              { ...house, account: done.a, path: options.output },
              { ...taker, account: counterparty(done), path: options.takerOutput },
            ];
            const receipt = await context.progress.step("trading for the house", () =>
              keepThenSend(files, snapshot, () => tradeHouse(client, system, done.claim, reduction)),
            );
            emit(
              context.io,
              context.json,
              { files: files.map(({ path }) => path), ...sent(receipt) },
              () => `traded: ${files.map(({ path }) => path).join(" and ")} open the accounts from now on`,
            );
          },
        ),
      ),
    );
}
