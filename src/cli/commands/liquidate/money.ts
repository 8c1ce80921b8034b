import {
  addCredit,
  HOLDERS,
  type Holder,
  readCredits,
  remit,
  withdrawCredit,
} from "../../../chain/liquidation/credits.ts";
import { depositFund, POOLS, requestFundWithdrawal, withdrawFund } from "../../../chain/liquidation/funds.ts";
import { writeOff } from "../../../chain/liquidation/house.ts";
import { type FundsView, readFunds, readShares } from "../../../chain/liquidation/read-funds.ts";
import { timeText } from "../../../display.ts";
import { group } from "../../command.ts";
import { table } from "../../format.ts";
import { choice, needed, option } from "../../input.ts";
import { readingCommand, sendingCommand } from "../../liquidation/kinds.ts";
import { addressOf, parseCount, parseUnits } from "../../options.ts";

const holder = choice<Holder>(
  "<holder>",
  "challenges: their bonds; auction: bid bonds; sale: hold-backs",
  HOLDERS,
);
const pool = choice("<pool>", "which one bears losses first: insurance", POOLS);

const credits = readingCommand({
  name: "credits",
  summary: "what challenge book, auction and sale owe an account",
  arguments: { address: needed("<address>", "whose credits", (text) => addressOf(text, "credits")) },
  examples: ["ballast liquidate credits ADDRESS"],
  async act({ reader, system }, { address }) {
    const credits = await readCredits(reader, system, address);
    const text = `${address}: token units ${HOLDERS.map((one) => `${credits[one]} in ${one}`).join(", ")}`;
    return { result: { address, ...credits }, text };
  },
});

const withdrawCreditCommand = sendingCommand({
  name: "withdraw-credit",
  summary: "have paid out what challenge book, auction or sale owe you",
  who: "whose credit",
  arguments: { holder },
  flags: { to: option("--to <address>", "who gets it (default: you)", addressOf) },
  examples: ["ballast liquidate withdraw-credit auction"],
  async act({ client, system, progress }, { holder, to = client.account.address }) {
    const { address } = client.account;
    const amount = (await readCredits(client, system, address))[holder];
    const receipt = await progress.step("withdrawing the credit", () =>
      withdrawCredit(client, system, holder, to),
    );
    const text = `${amount} token units of ${holder} went to ${to}`;
    return { result: { address, holder, amount, to }, receipt, text };
  },
});

const addCreditCommand = sendingCommand({
  name: "add-credit",
  summary: "pay ahead: bonds and fees are taken from your credit first",
  who: "who pays",
  arguments: { holder },
  flags: { amount: needed("--amount <units>", "token units, approved here", parseUnits) },
  notes: "What is there already can't be refused later, if the token pauses or lists you.",
  examples: ["ballast liquidate add-credit auction --amount 2000000000"],
  async act({ client, system, progress }, { holder, amount }) {
    const receipt = await progress.step("paying ahead", () => addCredit(client, system, holder, amount));
    return { result: { holder, amount }, receipt, text: `your credit in ${holder} is ${amount} units more` };
  },
});

const remitCommand = sendingCommand({
  name: "remit",
  summary: "pay the clearing house what challenge book, auction or sale owe it",
  who: "who pays the gas",
  arguments: { holder },
  notes: "Anyone may. It is only needed where that didn't work by itself.",
  examples: ["ballast liquidate remit auction"],
  async act({ client, system, progress }, { holder }) {
    const receipt = await progress.step("paying the clearing house", () => remit(client, system, holder));
    return { result: { holder }, receipt, text: `${holder}: the clearing house is owed nothing` };
  },
});

const writeOffCommand = sendingCommand({
  name: "write-off",
  summary: "unlock the funds from a residual of 30 days",
  who: "who pays the gas",
  notes: "Anyone may. The loss stays in the house's account.",
  examples: ["ballast liquidate write-off"],
  async act({ client, system, progress }) {
    const receipt = await progress.step("writing off", () => writeOff(client, system));
    return { result: {}, receipt, text: "the residual is written off: the funds are open" };
  },
});

const deposit = sendingCommand({
  name: "deposit",
  summary: "pay into a pool, for shares; anyone may",
  who: "who pays",
  arguments: { pool },
  flags: { amount: needed("--amount <units>", "token units, approved here", parseUnits) },
  notes: "Shares bear losses until they are paid out.",
  examples: ["ballast liquidate fund deposit insurance --amount 1000000"],
  async act({ client, system, progress }, { pool, amount }) {
    const { shares, receipt } = await progress.step("paying in", () =>
      depositFund(client, system, pool, amount),
    );
    const text = `${amount} token units bought ${shares} shares of the ${pool} pool`;
    return { result: { pool, amount, shares }, receipt, text };
  },
});

const request = sendingCommand({
  name: "request",
  summary: "begin to leave a pool: the shares bear losses until they are paid",
  who: "whose shares",
  arguments: { pool },
  flags: { shares: needed("--shares <n>", "how many", parseUnits) },
  examples: ["ballast liquidate fund request insurance --shares 500000"],
  async act({ client, system, progress }, { pool, shares }) {
    const { id, readyAt, receipt } = await progress.step("requesting", () =>
      requestFundWithdrawal(client, system, pool, shares),
    );
    const text = `request ${id}: from ${timeText(readyAt)} on, ballast liquidate fund withdraw ${id}`;
    return { result: { id, pool, shares, readyAt }, receipt, text };
  },
});

const withdraw = sendingCommand({
  name: "withdraw",
  summary: "have a request paid out",
  who: "whose request",
  arguments: {
    id: needed("<id>", "the request's number", (text) => BigInt(parseCount(text, "the request's number"))),
  },
  flags: { to: option("--to <address>", "who gets it (default: you)", addressOf) },
  notes:
    "Not while a loss is unsettled: see ballast liquidate fund show. What is booked for a loss is borne.",
  examples: ["ballast liquidate fund withdraw 4"],
  async act({ client, system, progress }, { id, to = client.account.address }) {
    const { amount, receipt } = await progress.step("withdrawing", () =>
      withdrawFund(client, system, id, to),
    );
    return {
      result: { id, amount, to },
      receipt,
      text: `request ${id}: ${amount} token units went to ${to}`,
    };
  },
});

const show = readingCommand({
  name: "show",
  summary: "pools, residual, and whether the funds are locked",
  flags: { account: option("--account <address>", "also what this account has of them", addressOf) },
  examples: ["ballast liquidate fund show"],
  async act({ reader, system }, { account }) {
    const funds = await readFunds(reader, system);
    const shares = account === undefined ? undefined : await readShares(reader, system, account);
    return { result: { ...funds, shares: shares ?? null }, text: describeFunds(funds, shares) };
  },
});

function describeFunds(funds: FundsView, shares: Awaited<ReturnType<typeof readShares>> | undefined): string {
  const { residual, drawableToday, locked, pendingTakeovers, roundCount, operator } = funds;
  return [
    table(
      [
        "pool",
        "token units",
        "reserved",
        "unvested",
        "shares",
        ...(shares === undefined ? [] : ["yours", "worth"]),
      ],
      POOLS.map((pool) => [
        pool,
        String(funds[pool].assets),
        String(funds[pool].reserved),
        String(funds[pool].unvested),
        String(funds[pool].shares),
        ...(shares === undefined ? [] : [String(shares[pool].shares), String(shares[pool].worth)]),
      ]),
      [1, 2, 3, 4, 5, 6],
    ),
    `residual: ${residual} lots that exceed the funds; ${drawableToday.insurance} lots of the insurance fund and ${drawableToday.gamma} of the Gamma Reserve may be drawn today; the funds are ${locked ? "LOCKED" : "open"}`,
    `${pendingTakeovers} cases wait for the clearing house; ${roundCount} rounds of deleveraging; operator ${operator}`,
  ].join("\n");
}

const fund = group({
  name: "fund",
  summary: "the two pools that bear losses: insurance, then gamma",
  commands: [deposit, request, withdraw, show],
});

export const money = [credits, addCreditCommand, withdrawCreditCommand, remitCommand, writeOffCommand, fund];
