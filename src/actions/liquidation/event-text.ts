import type { EventValue, LiquidationEvent } from "../../chain/liquidation/events.ts";
import { POOLS } from "../../chain/liquidation/funds.ts";
import { UPDATE_REFUSALS } from "../../chain/liquidation/ledger.ts";
import { CASE_OUTCOMES, CASE_STATUSES } from "../../chain/liquidation/read-case.ts";
import { shortHex, timeText } from "../../display.ts";
import { accountText } from "../../liquidation/account.ts";

type Args = LiquidationEvent["args"];
type Say = (args: Args) => string;

/** An event in human form: what happened, who did it, by when something must follow. */
export function eventText({
  name,
  args,
  source,
}: Pick<LiquidationEvent, "name" | "args" | "source">): string {
  const say = SOURCES[source]?.[name] ?? EVENTS[name];
  return say === undefined ? `${name}${rest(args)}` : say(args);
}

const EVENTS: Readonly<Record<string, Say>> = {
  CaseOpened: ({ status }) => `opened: ${statusOf(status)}`,
  CaseAdvanced: ({ status, version }) => `${statusOf(status)}, version ${text(version)}`,
  CaseReduced: ({ accountB, version }) => `a slice went to ${account(accountB)}, version ${text(version)}`,
  CaseClosed: ({ outcome }) => `closed: ${CASE_OUTCOMES[Number(outcome)] ?? text(outcome)}`,
  Challenged: ({ challenger, askedTime }) =>
    `challenged by ${who(challenger)}, about prices of ${timeText(askedTime as bigint)} or later`,
  ChallengeSettled: ({ caseId }) =>
    caseId === 0n ? "challenge over, without a case" : `challenge over: case ${text(caseId)}`,
  UpdateSkipped: ({ accountId, group, refusal }) =>
    `group ${text(group)} was not updated: ${account(accountId)} is ${UPDATE_REFUSALS[Number(refusal)] ?? text(refusal)}`,
  GuardianChanged: ({ guardian }) => `guardian ${who(guardian)}`,
  PausedChanged: ({ paused, until }) =>
    `new cases are ${paused === true ? `stopped${by(until)}` : "allowed"}`,
  SealedOpened: ({ version }) => `sealed bids for version ${text(version)}`,
  BidCommitted: ({ bidder }) => `${who(bidder)} committed a bid`,
  BidRevealed: ({ bidder, cash }) => `${who(bidder)} bids ${text(cash)} lots`,
  PassedOver: ({ bidder }) => `${who(bidder)} let its time pass`,
  BidWithdrawn: ({ bidder, floor }) => `${who(bidder)} left: it would have had to pay ${text(floor)} lots`,
  SealedFailed: () => "nobody settled",
  BondForfeited: ({ bidder }) => `the bond of ${who(bidder)} is forfeited`,
  BondReturned: ({ bidder }) => `the bond of ${who(bidder)} is returned`,
  EquityShown: ({ tier, lots }) => `proven: tier ${text(tier)}, ${text(lots)} lots of equity`,
  Bought: ({ buyer, accountB, cash }) =>
    `${who(buyer)} bought it for ${text(cash)} lots into ${account(accountB)}`,
  Lapsed: () => "nobody proved what there is to sell",
  MoveRecorded: ({ move }) => `a price moved by ${text(move)} ppm since the purchase`,
  HoldReleased: ({ buyer, tax, returned }) =>
    `hold-back divided: ${text(returned)} units to ${who(buyer)}, ${text(tax)} taxed`,
  LiquidatorSet: ({ liquidator, listed }) =>
    `${who(liquidator)} may ${listed === true ? "" : "not "}bid in new cases`,
  DisclosureKeySet: ({ account: owner }) => `${who(owner)} set its disclosure key`,
  Disclosed: ({ version, to }) => `version ${text(version)} disclosed to ${who(to)}`,
  Absorbed: ({ loss, fromInsuranceFund, fromGammaReserve, residual }) =>
    `loss of ${text(loss)} lots: ${text(fromInsuranceFund)} insurance, ${text(fromGammaReserve)} gamma, residual ${text(residual)}`,
  LossBooked: ({ lots, insured }) =>
    `taken over: ${text(lots)} lots are booked, ${text(insured)} of them the funds'`,
  Heartbeat: ({ venue }) => `${who(venue)} says that it is there`,
  Stopped: ({ aliveUntil }) =>
    `the venue has stopped: no sign of life counted after ${timeText(aliveUntil as bigint)}`,
  Resumed: ({ runId }) => `the venue is back, by run ${text(runId)}`,
  SnapshotFixed: ({ claimsUntil }) =>
    `the exit's snapshot is fixed: accounts claim until ${timeText(claimsUntil as bigint)}`,
  MarksRead: () => "what collateral is worth at the exit was read",
  Claimed: ({ accountId, equity }) => `${account(accountId)} claims ${text(equity)} micro-USD`,
  Shared: ({ claims, reserves }) => `${text(reserves)} micro-USD are shared among claims of ${text(claims)}`,
  Taken: ({ accountId, instrumentId, lots }) =>
    `${account(accountId)} got ${text(lots)} lots of asset ${text(instrumentId)}`,
  WrittenOff: ({ residual }) => `residual of ${text(residual)} lots written off`,
  Released: ({ lots }) => `the house gave ${text(lots)} lots back`,
  HouseAccountOpened: ({ accountId }) => `${account(accountId)} was opened for the house`,
  HouseEquityShown: ({ accountId, equity }) =>
    `the house's ${account(accountId)} is worth ${text(equity)} micro-USD`,
  CashShifted: ({ from, to, lots }) =>
    `${text(lots)} lots went from ${account(from)} to ${account(to)}, both the house's`,
  HouseTraded: ({ accountB }) => `the house traded with ${account(accountB)}`,
  RoundOpened: ({ roundId, instrumentId, residual }) =>
    `round ${text(roundId)} over instrument ${text(instrumentId)}, residual ${text(residual)} lots`,
  Deleveraged: ({ roundId, accountId, residual }) =>
    `round ${text(roundId)}: part of ${account(accountId)} closed, residual ${text(residual)} lots`,
  OperatorChanged: ({ operator }) => `operator ${who(operator)}`,
  Anchored: ({ accountId, runId, snapshotTime }) =>
    `run ${shortHex(text(runId))} of ${timeText(snapshotTime as bigint)} counted ${account(accountId)}`,
  ExpiredClosed: ({ accountId, instrumentId, lots, cash }) =>
    `${text(lots)} lots of expired instrument ${text(instrumentId)} of ${account(accountId)} were closed, for ${text(cash)} lots of cash`,
  AccountDeposited: ({ accountId, payer, lots }) =>
    `${who(payer)} paid ${text(lots)} lots into ${account(accountId)}`,
  AccountWithdrawn: ({ accountId, withdrawalId, lots }) =>
    `${account(accountId)} gave up ${text(lots)} lots: the vault's withdrawal ${text(withdrawalId)}`,
  Deposited: ({ account: owner, pool, amount }) =>
    `${who(owner)} paid ${text(amount)} units into ${poolOf(pool)}`,
  WithdrawalRequested: ({ id, account: owner, pool, readyAt }) =>
    `${who(owner)} leaves ${poolOf(pool)}, request ${text(id)}${from(readyAt)}`,
  Withdrawn: ({ id, to, amount }) => `request ${text(id)}: ${text(amount)} units to ${who(to)}`,
  WithdrawalCancelled: ({ id, account: owner, pool }) =>
    `${who(owner)} stays in ${poolOf(pool)}: request ${text(id)} taken back`,
  Collected: ({ from: payer, pool, amount }) => `${text(amount)} units from ${who(payer)} to ${poolOf(pool)}`,
  WipedOut: ({ pool }) => `${poolOf(pool)} is wiped out: its shares ended`,
  Credited: ({ to, amount }) => `${who(to)} is credited ${text(amount)} units`,
  CreditPaid: ({ account: owner, to, amount }) =>
    `${text(amount)} units of ${who(owner)}'s credit went to ${who(to)}`,
  CreditUsed: ({ account: owner, amount }) => `${who(owner)} paid ${text(amount)} units from its credit`,
  Remitted: ({ forfeits, taxes, fees }) =>
    `clearing house paid: ${text(forfeits)} forfeits, ${text(taxes)} taxes, ${text(fees)} fees`,
};

/** Names that two contracts use. */
const SOURCES: Readonly<Record<string, Readonly<Record<string, Say>>>> = {
  auction: {
    Settled: ({ bidder, accountB, cash }) =>
      `${who(bidder)} took it for ${text(cash)} lots into ${account(accountB)}`,
  },
  clearingHouse: { Settled: () => "the house lacks nothing: losses are settled" },
};

const statusOf = (status: EventValue | undefined) => CASE_STATUSES[Number(status)] ?? text(status);
const poolOf = (pool: EventValue | undefined) => `the ${POOLS[Number(pool)] ?? text(pool)} pool`;
const who = (value: EventValue | undefined) => shortHex(text(value));
const account = (value: EventValue | undefined) =>
  typeof value === "bigint" ? `account ${accountText(value)}` : text(value);
const isTime = (value: EventValue | undefined) => typeof value === "bigint" && value > 0n;
const by = (value: EventValue | undefined) => (isTime(value) ? ` until ${timeText(value as bigint)}` : "");
const from = (value: EventValue | undefined) => (isTime(value) ? ` from ${timeText(value as bigint)}` : "");

function text(value: EventValue | undefined): string {
  return typeof value === "object" ? "…" : String(value);
}

function rest(args: Args): string {
  const parts = Object.entries(args).map(([key, value]) => `${key} ${text(value)}`);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}
