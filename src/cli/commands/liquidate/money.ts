import { Argument, type Command } from "commander";
import { type Holder, remit, withdrawCredit } from "../../../chain/liquidation/credits.ts";
import {
  depositFund,
  POOLS,
  type Pool,
  requestFundWithdrawal,
  withdrawFund,
} from "../../../chain/liquidation/funds.ts";
import { writeOff } from "../../../chain/liquidation/house.ts";
import { readCredits, readFunds, readShares } from "../../../chain/liquidation/read-funds.ts";
import { table } from "../../format.ts";
import { emit } from "../../io.ts";
import {
  type ChainOptions,
  openReader,
  openSession,
  reads,
  sends,
  sent,
  timeText,
} from "../../liquidation/session.ts";
import { addressOf, parseCount } from "../../options.ts";
import type { Runner } from "../../program.ts";
import { parseLots } from "../../solvency/asset.ts";

interface AmountOptions extends ChainOptions {
  readonly amount: string;
}
interface SharesOptions extends ChainOptions {
  readonly shares: string;
}
interface ShowOptions extends ChainOptions {
  readonly account?: string;
}

const holderArgument = () =>
  new Argument("<holder>", "engine: challenge bonds; auction: bid bonds and hold-backs").choices([
    "engine",
    "auction",
  ]);
const poolArgument = () => new Argument("<pool>", "which one bears losses first: insurance").choices(POOLS);

/** `ballast liquidate credits|withdraw-credit|remit|write-off|fund …` */
export function registerMoney(group: Command, run: Runner): void {
  reads(group, "credits", "what engine and auction owe an account")
    .argument("<address>", "whose credits")
    .action(
      run<ChainOptions>(async ({ io, json }, options, [text = ""]) => {
        const address = addressOf(text, "credits");
        const { reader, system } = await openReader(options);
        const credits = await readCredits(reader, system, address);
        emit(
          io,
          json,
          { address, ...credits },
          () => `${address}: ${credits.engine} token units in the engine, ${credits.auction} in the auction`,
        );
      }),
    );
  sends(group, "withdraw-credit", "have paid out what engine or auction owe you", "whose credit")
    .addArgument(holderArgument())
    .action(
      run<ChainOptions>(async ({ io, json, progress }, options, [holder = ""]) => {
        const { client, system } = await openSession(options);
        const { address } = client.account;
        const amount = (await readCredits(client, system, address))[holder as Holder];
        const receipt = await progress.step("withdrawing the credit", () =>
          withdrawCredit(client, system, holder as Holder),
        );
        emit(
          io,
          json,
          { address, holder, amount, ...sent(receipt) },
          () => `the ${holder} paid ${amount} token units to ${address}`,
        );
      }),
    );
  sends(group, "remit", "pay the clearing house what engine or auction owe it", "who pays the gas")
    .addArgument(holderArgument())
    .addHelpText("after", "\nAnyone may. It is only needed where that didn't work by itself.")
    .action(
      run<ChainOptions>(async ({ io, json, progress }, options, [holder = ""]) => {
        const { client, system } = await openSession(options);
        const receipt = await progress.step("paying the clearing house", () =>
          remit(client, system, holder as Holder),
        );
        emit(io, json, { holder, ...sent(receipt) }, () => `the ${holder} owes the clearing house nothing`);
      }),
    );
  sends(group, "write-off", "unlock the funds from a residual of 30 days", "who pays the gas")
    .addHelpText("after", "\nAnyone may. The loss stays in the house's account.")
    .action(
      run<ChainOptions>(async ({ io, json, progress }, options) => {
        const { client, system } = await openSession(options);
        const receipt = await progress.step("writing off", () => writeOff(client, system));
        emit(io, json, sent(receipt), () => "the residual is written off: the funds are open");
      }),
    );
  registerFund(
    group.command("fund").description("the two pools that bear losses: insurance, then gamma"),
    run,
  );
}

function registerFund(group: Command, run: Runner): void {
  sends(group, "deposit", "pay into a pool, for shares; anyone may", "who pays")
    .addArgument(poolArgument())
    .requiredOption("--amount <units>", "token units, approved here")
    .addHelpText("after", "\nShares bear losses until they are paid out.")
    .action(
      run<AmountOptions>(async ({ io, json, progress }, options, [pool = ""]) => {
        const amount = parseLots(options.amount, "--amount");
        const { client, system } = await openSession(options);
        const { shares, receipt } = await progress.step("paying in", () =>
          depositFund(client, system, pool as Pool, amount),
        );
        emit(
          io,
          json,
          { pool, amount, shares, ...sent(receipt) },
          () => `${amount} token units bought ${shares} shares of the ${pool} pool`,
        );
      }),
    );
  sends(group, "request", "begin to leave a pool: the shares bear losses until they are paid", "whose shares")
    .addArgument(poolArgument())
    .requiredOption("--shares <n>", "how many")
    .action(
      run<SharesOptions>(async ({ io, json, progress }, options, [pool = ""]) => {
        const shares = parseLots(options.shares, "--shares");
        const { client, system } = await openSession(options);
        const { id, readyAt, receipt } = await progress.step("requesting", () =>
          requestFundWithdrawal(client, system, pool as Pool, shares),
        );
        emit(
          io,
          json,
          { id, pool, shares, readyAt, ...sent(receipt) },
          () => `request ${id}: from ${timeText(readyAt)} on, ballast liquidate fund withdraw ${id}`,
        );
      }),
    );
  sends(group, "withdraw", "have a request paid out", "whose request")
    .argument("<id>", "the request's number")
    .addHelpText("after", "\nNot while a loss is unsettled: see ballast liquidate fund show.")
    .action(
      run<ChainOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const id = BigInt(parseCount(text, "the request's number"));
        const { client, system } = await openSession(options);
        const { amount, receipt } = await progress.step("withdrawing", () =>
          withdrawFund(client, system, id),
        );
        emit(
          io,
          json,
          { id, amount, ...sent(receipt) },
          () => `request ${id}: ${amount} token units are paid`,
        );
      }),
    );
  reads(group, "show", "pools, residual, and whether the funds are locked")
    .option("--account <address>", "also what this account has of them")
    .action(
      run<ShowOptions>(async ({ io, json }, options) => {
        const account = options.account === undefined ? undefined : addressOf(options.account, "--account");
        const { reader, system } = await openReader(options);
        const funds = await readFunds(reader, system);
        const shares = account === undefined ? undefined : await readShares(reader, system, account);
        const { residual, locked, pendingTakeovers, roundCount, operator } = funds;
        emit(io, json, { ...funds, shares: shares ?? null }, () =>
          [
            table(
              ["pool", "token units", "shares", ...(shares === undefined ? [] : ["yours", "worth"])],
              POOLS.map((pool) => [
                pool,
                String(funds[pool].assets),
                String(funds[pool].shares),
                ...(shares === undefined ? [] : [String(shares[pool].shares), String(shares[pool].worth)]),
              ]),
              [1, 2, 3, 4],
            ),
            `residual: ${residual} lots that nobody has borne; the funds are ${locked ? "LOCKED" : "open"}`,
            `${pendingTakeovers} cases wait for the clearing house; ${roundCount} rounds of deleveraging; operator ${operator}`,
          ].join("\n"),
        );
      }),
    );
}
