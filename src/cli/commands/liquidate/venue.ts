import type { Command } from "commander";
import type { Address } from "viem";
import { disclose } from "../../../chain/liquidation/auction.ts";
import { cureByTransfer, reduceCase } from "../../../chain/liquidation/cases.ts";
import { tradeAccounts } from "../../../chain/liquidation/ledger.ts";
import { readDisclosureKey, readParameters } from "../../../chain/liquidation/read-parties.ts";
import { BallastError } from "../../../errors.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { sealDisclosure } from "../../../liquidation/disclosure.ts";
import { TRADE_PURPOSE } from "../../../liquidation/purpose.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { emit } from "../../io.ts";
import {
  atDesk,
  attestAt,
  caseWith,
  checkOnLedger,
  counterparty,
  type DeskOptions,
  equityAt,
  legsOf,
  provesAndSends,
  purposeIn,
  reductionAt,
  type TransferOutputs,
  transferAt,
} from "../../liquidation/desk.ts";
import { keepThenSend } from "../../liquidation/keep.ts";
import {
  accountHex,
  accountText,
  type ChainOptions,
  caseOf,
  lotsOf,
  openSession,
  sends,
  sent,
} from "../../liquidation/session.ts";
import { addressOf } from "../../options.ts";
import type { Runner } from "../../program.ts";

interface DiscloseOptions extends ChainOptions {
  readonly account: string;
  readonly snapshot: string;
  readonly to: string[];
  readonly circuit: string;
}
/** Options of a trade between two accounts. */
interface TradeOptions extends DeskOptions {
  readonly account: string;
  readonly taker: string;
  readonly legs: string[];
  readonly cash: string;
  readonly accountOutput: string;
  readonly takerOutput: string;
}

export const LEGS_HELP = `
A leg is what the account hands over, in the instrument's own unit: BTC-27MAR26-60000-P=-2 hands a short of 2 over.
--cash is what the taker pays to the account for it, in lots of the settlement asset; negative, where the account pays.
Both new accounts are written before anything is sent.`;

/** Adds {@link TradeOptions} to a command. */
function trades(command: Command): Command {
  return command
    .requiredOption("--account <file>", "the account that hands over")
    .requiredOption("--taker <file>", "the account that takes")
    .requiredOption("--legs <legs...>", "what is handed over, INSTRUMENT=QUANTITY each")
    .option("--cash <lots>", "what the taker pays, signed", "0")
    .requiredOption("--account-output <file>", "where the account as it will be goes")
    .requiredOption("--taker-output <file>", "where the taker as it will be goes");
}

/** The terms of a trade. @throws {BallastError} as `legsOf`; INVALID_INPUT. */
export function legsAndCash({ legs, cash }: Pick<TradeOptions, "legs" | "cash">, snapshot: Snapshot) {
  return { moved: legsOf(legs, snapshot), cash: lotsOf(cash, "--cash") };
}

/** The files and terms of a trade. @throws {BallastError} as the files do. */
function tradeOf(options: TradeOptions, snapshot: Snapshot) {
  return {
    account: loadAccount(options.account, snapshot),
    taker: loadAccount(options.taker, snapshot),
    ...legsAndCash(options, snapshot),
  };
}

/** `ballast liquidate disclose|reduce|trade|cure-by-trade` */
export function registerVenue(group: Command, run: Runner): void {
  registerDisclose(group, run);
  registerReduce(group, run);
  registerTrades(group, run);
}

function registerDisclose(group: Command, run: Runner): void {
  sends(
    group,
    "disclose",
    "as the venue: show a case's account to liquidators, and to nobody else",
    "the venue's key",
  )
    .argument("<case>", "the case's number")
    .requiredOption("--account <file>", "the case's account")
    .requiredOption("--to <addresses...>", "liquidators with a disclosure key on chain")
    .requiredOption("-s, --snapshot <file>", "a snapshot, for the account's instruments")
    .option("--circuit <name>", "the coverage instance whose number of slots the venue uses", "64x240")
    .addHelpText(
      "after",
      `
The opening is encrypted to each liquidator's key (HPKE) and posted on chain; it is checked against the ledger's commitment
first. With it a winner can settle alone. Do it again after every slice: a disclosure is for one version of the case.`,
    )
    .action(
      run<DiscloseOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const caseId = caseOf(text);
        const recipients = options.to.map((one) => addressOf(one, "--to"));
        const { slots } = liquidationCircuits(options.circuit).coverage;
        const file = loadAccount(options.account, loadSnapshot(options.snapshot));
        const session = await openSession(options);
        const { client, system } = session;
        const { chainId, auction } = system;
        const { case: found, account } = await caseWith(session, caseId, file);
        const { version } = found;
        const keys = [];
        for (const recipient of recipients) {
          const key = await readDisclosureKey(client, system, recipient);
          if (key === undefined) throw noKey(recipient);
          keys.push({ recipient, key });
        }
        const disclosures = [];
        for (const { recipient, key } of keys) {
          const receipt = await progress.step(`disclosing to ${recipient}`, async () => {
            const place = { chainId, auction, caseId, version, recipient };
            const sealed = await sealDisclosure(key, place, { ...file.account, slots }, account);
            return disclose(client, system, caseId, recipient, sealed);
          });
          disclosures.push({ recipient, ...sent(receipt) });
        }
        emit(
          io,
          json,
          { caseId, version, disclosures },
          () => `case ${caseId}, version ${version}, is disclosed to ${recipients.join(", ")}`,
        );
      }),
    );
}

function noKey(recipient: Address): BallastError {
  return new BallastError("INVALID_INPUT", `${recipient} has no disclosure key on chain.`, {
    hint: "It sets one with `ballast liquidate key publish`. Nothing was disclosed.",
    details: { recipient },
  });
}

function registerReduce(group: Command, run: Runner): void {
  trades(
    provesAndSends(
      group,
      "reduce",
      "as the venue: move a slice off a case's account in its soft window",
      "the venue's key; the operator's, where the house takes the slice",
    ).argument("<case>", "the case's number"),
  )
    .addHelpText(
      "after",
      `${LEGS_HELP}
Proven: requirement, short gamma and tier are no worse after it, and the account loses at most the largest penalty of the
margin that is freed; what is left is attested on the way. With the clearing house's account as taker the operator sends it, and its equity must not fall.`,
    )
    .action(
      run<TradeOptions>((context, options, [text = ""]) => {
        const caseId = caseOf(text);
        const needed = ["transfer", "reduction", "coverage", "equity"] as const;
        return atDesk(
          context,
          options,
          needed,
          (snapshot) => tradeOf(options, snapshot),
          async (desk, { account, taker, moved, cash }) => {
            const { client, system, snapshot } = desk;
            const view = await caseWith(desk, caseId, account);
            await checkOnLedger(desk, [account, taker]);
            const purpose = purposeIn(view, "reduce", client.account.address);
            const { engine } = await readParameters(client, system);
            const plan = { a: account.account, b: taker.account, moved, cash };
            const done = await transferAt(desk, purpose, plan, outputsOf(options));
            const reduction = await reductionAt(desk, account.account, done.a, engine.maxPenalty);
            const isHouse = taker.account.accountId === system.houseAccount;
            const house = isHouse
              ? [await equityAt(desk, taker.account), await equityAt(desk, counterparty(done))]
              : [];
            const files = [
              { ...account, account: done.a, path: options.accountOutput },
              { ...taker, account: counterparty(done), path: options.takerOutput },
            ];
            const { tier, receipt } = await keepThenSend(files, snapshot, async () => {
              const attested = await attestAt(desk, done.a);
              const reduced = await context.progress.step("reducing the account", () =>
                reduceCase(client, system, caseId, done.claim, reduction, house),
              );
              return { tier: attested, receipt: reduced };
            });
            const result = { caseId, taker: accountHex(taker.account.accountId), tier, ...sent(receipt) };
            emit(
              context.io,
              context.json,
              { ...result, files: files.map(({ path }) => path) },
              () =>
                `case ${caseId}: a slice went to ${accountText(taker.account.accountId)}; the account is in tier ${tier}: ${tier < 2 ? "cure the case" : "go on"}`,
            );
          },
        );
      }),
    );
}

function registerTrades(group: Command, run: Runner): void {
  trades(
    provesAndSends(group, "trade", "as the venue: move positions between two accounts", "the venue's key"),
  )
    .addHelpText("after", LEGS_HELP)
    .action(
      run<TradeOptions>((context, options) =>
        atDesk(
          context,
          options,
          ["transfer"],
          (snapshot) => tradeOf(options, snapshot),
          async (desk, { account, taker, moved, cash }) => {
            const { client, system, snapshot } = desk;
            const plan = { a: account.account, b: taker.account, moved, cash };
            const done = await transferAt(desk, TRADE_PURPOSE, plan, outputsOf(options));
            const files = [
              { ...account, account: done.a, path: options.accountOutput },
              { ...taker, account: counterparty(done), path: options.takerOutput },
            ];
            const receipt = await context.progress.step("trading", () =>
              keepThenSend(files, snapshot, () => tradeAccounts(client, system, done.claim)),
            );
            const accounts = [account, taker].map((file) => accountHex(file.account.accountId));
            emit(
              context.io,
              context.json,
              { accounts, files: files.map(({ path }) => path), ...sent(receipt) },
              () => `traded: ${files.map(({ path }) => path).join(" and ")} open the accounts from now on`,
            );
          },
        ),
      ),
    );
  trades(
    provesAndSends(
      group,
      "cure-by-trade",
      "as the venue: close a case by a trade after which the account is healthy",
      "the venue's key",
    ).argument("<case>", "the case's number"),
  )
    .addHelpText("after", `${LEGS_HELP}\nThe account as it will be is attested on the way: in tier 0 or 1.`)
    .action(
      run<TradeOptions>((context, options, [text = ""]) => {
        const caseId = caseOf(text);
        return atDesk(
          context,
          options,
          ["transfer", "coverage"],
          (snapshot) => tradeOf(options, snapshot),
          async (desk, { account, taker, moved, cash }) => {
            const { client, system, snapshot } = desk;
            const view = await caseWith(desk, caseId, account);
            const purpose = purposeIn(view, "cure", client.account.address);
            const plan = { a: account.account, b: taker.account, moved, cash };
            const done = await transferAt(desk, purpose, plan, outputsOf(options));
            const files = [
              { ...account, account: done.a, path: options.accountOutput },
              { ...taker, account: counterparty(done), path: options.takerOutput },
            ];
            const { tier, receipt } = await keepThenSend(files, snapshot, async () => {
              const attested = await attestAt(desk, done.a, 1);
              const cured = await context.progress.step("curing the case", () =>
                cureByTransfer(client, system, caseId, done.claim),
              );
              return { tier: attested, receipt: cured };
            });
            emit(
              context.io,
              context.json,
              { caseId, tier, files: files.map(({ path }) => path), ...sent(receipt) },
              () => `case ${caseId} is cured: the account is in tier ${tier}`,
            );
          },
        );
      }),
    );
}

function outputsOf({ accountOutput, takerOutput }: TradeOptions): TransferOutputs {
  return { a: accountOutput, b: takerOutput };
}
