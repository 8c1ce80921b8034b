import { cureByTrade } from "../../../actions/liquidation/cure.ts";
import { discloseTo } from "../../../actions/liquidation/disclose.ts";
import { reduceBySlice } from "../../../actions/liquidation/reduce.ts";
import { tradeBetween } from "../../../actions/liquidation/trade.ts";
import { BallastError } from "../../../errors.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { plannedSlice } from "../../../liquidation/path-plan.ts";
import { readJsonFile } from "../../../node/files.ts";
import { inFile } from "../../../node/in-file.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { circuit, snapshot } from "../../flags.ts";
import { sent } from "../../format.ts";
import { defaulted, needed, option, optional, saying } from "../../input.ts";
import {
  caseAccount,
  caseId,
  LEGS_HELP,
  placed,
  type TradeTerms,
  termsOf,
  tradeFiles,
  trading,
} from "../../liquidation/flags.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";
import { addressOf, parseCount } from "../../options.ts";

const disclose = sendingCommand({
  name: "disclose",
  summary: "as the venue: show a case's account to liquidators, and to nobody else",
  who: "the venue's key",
  arguments: { caseId },
  flags: {
    account: caseAccount,
    to: needed("--to <addresses...>", "liquidators with a disclosure key on chain", addressOf),
    snapshot: saying(snapshot, "a snapshot, for the account's instruments"),
    circuit,
  },
  notes: `
The opening is encrypted to each liquidator's key (HPKE) and posted on chain; it is checked against the ledger's commitment
first. With it a winner can settle alone. Do it again after every slice: a disclosure is for one version of the case.`,
  examples: ["ballast liquidate disclose 3 --account desk.json --to ADDRESS"],
  load: ({ account, snapshot, circuit }) => ({
    slots: liquidationCircuits(circuit).coverage.slots,
    account: loadAccount(account, loadSnapshot(snapshot)).account,
  }),
  async act(session, { caseId, account, to, slots }) {
    const { version, disclosures } = await discloseTo({ ...session, slots }, caseId, account, to);
    const sentTo = disclosures.map(({ recipient, receipt }) => ({ recipient, ...sent(receipt) }));
    const text = `case ${caseId}, version ${version}, is disclosed to ${to.join(", ")}`;
    return { result: { caseId, version, disclosures: sentTo }, text };
  },
});

const reduce = provingCommand({
  name: "reduce",
  summary: "as the venue: move a slice off a case's account in its soft window",
  who: "the venue's key; the operator's, where the house takes the slice",
  arguments: { caseId },
  flags: {
    ...trading,
    legs: optional(trading.legs),
    cash: optional(trading.cash),
    plan: option("--plan <file>", "a path from `ballast path -o`, in place of --legs and --cash"),
    slice: defaulted("--slice <number>", "which slice of the plan", "1", parseCount),
  },
  notes: `${LEGS_HELP}
With --plan the slice is one of a path that \`ballast path\` found in the same snapshot.
Proven: requirement, short gamma and tier are no worse after it, and the account loses at most the largest penalty of the
margin that is freed; what is left is attested on the way. With the clearing house's account as taker the operator sends it, and its equity must not fall.`,
  examples: [
    "ballast liquidate reduce 3 --account desk.json --taker maker.json --legs BTC-27MAR26-60000-P=-2 --cash -41000 --account-output desk.2.json --taker-output maker.2.json",
    "ballast liquidate reduce 3 --account desk.json --taker maker.json --plan plan.json --account-output desk.2.json --taker-output maker.2.json",
  ],
  needs: ["transfer", "reduction", "coverage", "equity"],
  load: (values, snapshot) => filesOf(values, snapshot, sliceTerms(values, snapshot)),
  async act(desk, { trade, paths, caseId }) {
    const { taker, tier, receipt } = await reduceBySlice(desk, caseId, trade);
    return {
      result: { caseId, taker: accountHex(taker.accountId), tier, files: paths },
      receipt,
      text: `case ${caseId}: a slice went to ${accountText(taker.accountId)}; the account is in tier ${tier}: ${tier < 2 ? "cure the case" : "go on"}`,
    };
  },
});

const trade = provingCommand({
  name: "trade",
  summary: "as the venue: move positions between two accounts",
  who: "the venue's key",
  flags: { ...trading },
  notes: LEGS_HELP,
  examples: [
    "ballast liquidate trade --account desk.json --taker maker.json --legs BTC-PERPETUAL=1 --cash 2500 --account-output desk.2.json --taker-output maker.2.json",
  ],
  needs: ["transfer"],
  load: (values, snapshot) => filesOf(values, snapshot, termsOf(values, snapshot)),
  async act(desk, { trade, paths }) {
    const { account, taker, receipt } = await tradeBetween(desk, trade);
    const accounts = [account, taker].map(({ accountId }) => accountHex(accountId));
    const text = `traded: ${paths.join(" and ")} open the accounts from now on`;
    return { result: { accounts, files: paths }, receipt, text };
  },
});

const cureByTradeCommand = provingCommand({
  name: "cure-by-trade",
  summary: "as the venue: close a case by a trade after which the account is healthy",
  who: "the venue's key",
  arguments: { caseId },
  flags: { ...trading },
  notes: `${LEGS_HELP}\nThe account as it will be is attested on the way: in tier 0 or 1.`,
  examples: [
    "ballast liquidate cure-by-trade 3 --account desk.json --taker maker.json --legs BTC-PERPETUAL=1 --cash 2500 --account-output desk.2.json --taker-output maker.2.json",
  ],
  needs: ["transfer", "coverage"],
  load: (values, snapshot) => filesOf(values, snapshot, termsOf(values, snapshot)),
  async act(desk, { trade, paths, caseId }) {
    const { tier, receipt } = await cureByTrade(desk, caseId, trade);
    const text = `case ${caseId} is cured: the account is in tier ${tier}`;
    return { result: { caseId, tier, files: paths }, receipt, text };
  },
});

export const venue = [disclose, reduce, trade, cureByTradeCommand];

/** The files and terms of a trade of the venue's. @throws {BallastError} as `tradeFiles`. */
function filesOf(
  values: Parameters<typeof tradeFiles>[0] & Readonly<Record<"account" | "accountOutput", string>>,
  snapshot: Snapshot,
  terms: TradeTerms,
) {
  const account = placed(loadAccount(values.account, snapshot), values.accountOutput);
  return tradeFiles(values, account, terms, snapshot);
}

interface SliceValues {
  readonly legs?: readonly string[];
  readonly cash?: bigint;
  readonly plan?: string;
  readonly slice: number;
}

/** The slice of a plan, or of legs. @throws {BallastError} INVALID_INPUT for both or neither; as `plannedSlice`, as `legsOf`. */
function sliceTerms({ legs, cash, plan, slice }: SliceValues, snapshot: Snapshot): TradeTerms {
  if (plan !== undefined && legs === undefined && cash === undefined)
    return inFile(plan, () => plannedSlice(readJsonFile(plan, "plan"), snapshot, slice));
  if (plan === undefined && legs !== undefined) return termsOf({ legs, cash: cash ?? 0n }, snapshot);
  throw new BallastError("INVALID_INPUT", "Say what the slice is: --plan, or --legs with --cash.", {
    hint: "Give one of the two.",
  });
}
