import { type Holder, remit, withdrawCredit } from "../../../chain/liquidation/credits.ts";
import { depositFund, POOLS, requestFundWithdrawal, withdrawFund } from "../../../chain/liquidation/funds.ts";
import { writeOff } from "../../../chain/liquidation/house.ts";
import { type FundsView, readCredits, readFunds, readShares } from "../../../chain/liquidation/read-funds.ts";
import { timeText } from "../../../display.ts";
import { command, group } from "../../command.ts";
import { sent, table } from "../../format.ts";
import { choice, needed, option } from "../../input.ts";
import { reading, sending } from "../../liquidation/flags.ts";
import { openReader, openSession } from "../../liquidation/session.ts";
import { addressOf, parseCount, parseUnits } from "../../options.ts";

const holder = choice<Holder>("<holder>", "engine: challenge bonds; auction: bid bonds and hold-backs", [
  "engine",
  "auction",
]);
const pool = choice("<pool>", "which one bears losses first: insurance", POOLS);

const credits = command({
  name: "credits",
  summary: "what engine and auction owe an account",
  arguments: { address: needed("<address>", "whose credits", (text) => addressOf(text, "credits")) },
  flags: reading,
  examples: ["ballast liquidate credits ADDRESS"],
  async run({ address, ...on }, { print }) {
    const { reader, system } = await openReader(on);
    const credits = await readCredits(reader, system, address);
    print(
      { address, ...credits },
      () => `${address}: ${credits.engine} token units in the engine, ${credits.auction} in the auction`,
    );
  },
});

const withdrawCreditCommand = command({
  name: "withdraw-credit",
  summary: "have paid out what engine or auction owe you",
  arguments: { holder },
  flags: sending("whose credit"),
  examples: ["ballast liquidate withdraw-credit auction"],
  async run({ holder, ...on }, context) {
    const { client, system } = await openSession(on, context);
    const { address } = client.account;
    const amount = (await readCredits(client, system, address))[holder];
    const receipt = await context.progress.step("withdrawing the credit", () =>
      withdrawCredit(client, system, holder),
    );
    context.print(
      { address, holder, amount, ...sent(receipt) },
      () => `the ${holder} paid ${amount} token units to ${address}`,
    );
  },
});

const remitCommand = command({
  name: "remit",
  summary: "pay the clearing house what engine or auction owe it",
  arguments: { holder },
  flags: sending("who pays the gas"),
  notes: "Anyone may. It is only needed where that didn't work by itself.",
  examples: ["ballast liquidate remit engine"],
  async run({ holder, ...on }, context) {
    const { client, system } = await openSession(on, context);
    const receipt = await context.progress.step("paying the clearing house", () =>
      remit(client, system, holder),
    );
    context.print({ holder, ...sent(receipt) }, () => `the ${holder} owes the clearing house nothing`);
  },
});

const writeOffCommand = command({
  name: "write-off",
  summary: "unlock the funds from a residual of 30 days",
  flags: sending("who pays the gas"),
  notes: "Anyone may. The loss stays in the house's account.",
  examples: ["ballast liquidate write-off"],
  async run(on, context) {
    const { client, system } = await openSession(on, context);
    const receipt = await context.progress.step("writing off", () => writeOff(client, system));
    context.print(sent(receipt), () => "the residual is written off: the funds are open");
  },
});

const deposit = command({
  name: "deposit",
  summary: "pay into a pool, for shares; anyone may",
  arguments: { pool },
  flags: {
    ...sending("who pays"),
    amount: needed("--amount <units>", "token units, approved here", parseUnits),
  },
  notes: "Shares bear losses until they are paid out.",
  examples: ["ballast liquidate fund deposit insurance --amount 1000000"],
  async run({ pool, amount, ...on }, context) {
    const { client, system } = await openSession(on, context);
    const { shares, receipt } = await context.progress.step("paying in", () =>
      depositFund(client, system, pool, amount),
    );
    context.print(
      { pool, amount, shares, ...sent(receipt) },
      () => `${amount} token units bought ${shares} shares of the ${pool} pool`,
    );
  },
});

const request = command({
  name: "request",
  summary: "begin to leave a pool: the shares bear losses until they are paid",
  arguments: { pool },
  flags: { ...sending("whose shares"), shares: needed("--shares <n>", "how many", parseUnits) },
  examples: ["ballast liquidate fund request insurance --shares 500000"],
  async run({ pool, shares, ...on }, context) {
    const { client, system } = await openSession(on, context);
    const { id, readyAt, receipt } = await context.progress.step("requesting", () =>
      requestFundWithdrawal(client, system, pool, shares),
    );
    context.print(
      { id, pool, shares, readyAt, ...sent(receipt) },
      () => `request ${id}: from ${timeText(readyAt)} on, ballast liquidate fund withdraw ${id}`,
    );
  },
});

const withdraw = command({
  name: "withdraw",
  summary: "have a request paid out",
  arguments: {
    id: needed("<id>", "the request's number", (text) => BigInt(parseCount(text, "the request's number"))),
  },
  flags: sending("whose request"),
  notes: "Not while a loss is unsettled: see ballast liquidate fund show.",
  examples: ["ballast liquidate fund withdraw 4"],
  async run({ id, ...on }, context) {
    const { client, system } = await openSession(on, context);
    const { amount, receipt } = await context.progress.step("withdrawing", () =>
      withdrawFund(client, system, id),
    );
    context.print({ id, amount, ...sent(receipt) }, () => `request ${id}: ${amount} token units are paid`);
  },
});

const show = command({
  name: "show",
  summary: "pools, residual, and whether the funds are locked",
  flags: {
    ...reading,
    account: option("--account <address>", "also what this account has of them", addressOf),
  },
  examples: ["ballast liquidate fund show"],
  async run({ account, ...on }, { print }) {
    const { reader, system } = await openReader(on);
    const funds = await readFunds(reader, system);
    const shares = account === undefined ? undefined : await readShares(reader, system, account);
    print({ ...funds, shares: shares ?? null }, () => describeFunds(funds, shares));
  },
});

function describeFunds(funds: FundsView, shares: Awaited<ReturnType<typeof readShares>> | undefined): string {
  const { residual, locked, pendingTakeovers, roundCount, operator } = funds;
  return [
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
  ].join("\n");
}

const fund = group({
  name: "fund",
  summary: "the two pools that bear losses: insurance, then gamma",
  commands: [deposit, request, withdraw, show],
});

export const money = [credits, withdrawCreditCommand, remitCommand, writeOffCommand, fund];
