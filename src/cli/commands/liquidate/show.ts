import { accountJson, caseJson } from "../../../actions/liquidation/json.ts";
import { endOfServed } from "../../../chain/coverage/clock.ts";
import { type ChallengeView, readChallenges } from "../../../chain/liquidation/challenges.ts";
import { type NextAction, nextActions, phaseEnd } from "../../../chain/liquidation/next.ts";
import {
  type CaseView,
  type Moment,
  readCaseView,
  readMoment,
  readOpenCase,
} from "../../../chain/liquidation/read-case.ts";
import { type LedgerAccount, readAccount } from "../../../chain/liquidation/read-ledger.ts";
import { timeLeft, timeText } from "../../../display.ts";
import { accountText } from "../../../liquidation/account.ts";
import { accountIdOf } from "../../../portfolio/format.ts";
import { table } from "../../format.ts";
import { needed } from "../../input.ts";
import { readingCommand } from "../../liquidation/kinds.ts";
import { isCase } from "../../liquidation/parsers.ts";

export const show = readingCommand({
  name: "show",
  summary: "where a case stands, and what can be done next, by whom",
  arguments: {
    subject: needed("<case|account>", "a case's number, or an account: 0x…, or its name", (text) =>
      isCase(text) ? { caseId: BigInt(text) } : { accountId: accountIdOf(text) },
    ),
  },
  notes: "An account without an open case is shown as the ledger has it, with its challenges.",
  examples: ["ballast liquidate show 3", "ballast liquidate show desk"],
  async act({ reader, system }, { subject }) {
    if ("caseId" in subject) return showCase(subject.caseId);
    const open = await readOpenCase(reader, system, subject.accountId);
    if (open !== undefined) return showCase(open);
    const now = await readMoment(reader, system);
    const account = await readAccount(reader, system, subject.accountId, now.block);
    const challenges = await readChallenges(reader, system, account.accountId, now.block);
    return {
      result: { case: null, account: accountJson(account), challenges },
      text: describeAccount(account, challenges, now),
    };

    async function showCase(caseId: bigint) {
      const view = await readCaseView(reader, system, caseId);
      const next = nextActions(view);
      return { result: caseJson(view, next), text: describeCase(view, next) };
    }
  },
});

function describeCase(view: CaseView, next: readonly NextAction[]): string {
  const { case: found, attestation, auction, sale, time } = view;
  const end = phaseEnd(view);
  const outcome = found.status === "closed" ? `: ${found.outcome}, ${timeText(found.phaseAt)}` : "";
  const lines = [
    `case ${found.caseId} of account ${accountText(found.accountId)}: ${found.status}${outcome}`,
    `  opened ${timeText(found.openedAt)} in tier ${found.tier}, version ${found.version}`,
    `  attested now: ${attestation === undefined ? "nothing" : `tier ${attestation.tier}`}`,
    ...(end === undefined || end === 0n
      ? []
      : [`  until ${timeText(end)} if snapshots go on coming, ${timeLeft(end, time)}`]),
    ...(view.isOver ? ["  it has come to its end"] : []),
  ];
  if (auction !== undefined) {
    const { bids, leader } = auction;
    if (bids.length > 0)
      lines.push(
        table(
          ["bidder", "bid", "lots", ""],
          bids.map(({ bidder, status, cash }) => [
            bidder,
            status,
            status === "committed" || status === "forfeited" ? "hidden" : String(cash),
            leader?.bidder === bidder ? "leads" : "",
          ]),
          [2],
        ),
      );
  }
  const { discount, hold } = sale;
  if (found.status === "sale") lines.push(`  on sale, ${Number(discount) / 10_000} % below its equity`);
  if (hold !== undefined)
    lines.push(
      `  held back: ${hold.amount} token units of ${hold.buyer}, until ${timeText(hold.releaseAt)}; largest move so far ${hold.move} ppm`,
    );
  return [
    ...lines,
    ...next.map((action, i) => `${i === 0 ? "next: " : "      "}${actionText(action, time)}`),
  ].join("\n");
}

function actionText({ action, who, from, until, needs }: NextAction, time: bigint): string {
  return [
    `${action}, by ${who}`,
    ...(from === undefined || from <= time ? [] : [`from ${timeText(from)} (${timeLeft(from, time)})`]),
    ...(until === undefined ? [] : [`before ${timeText(until)} (${timeLeft(until, time)})`]),
    ...(needs === undefined ? [] : [needs]),
  ].join("; ");
}

function describeAccount(
  { accountId, owner, nonce, updatedAt, frozen, guarded }: LedgerAccount,
  challenges: readonly ChallengeView[],
  now: Moment,
): string {
  const kind = [frozen ? "frozen" : "", guarded ? "guarded" : ""].filter((word) => word !== "").join(", ");
  return [
    `account ${accountText(accountId)}: no open case${kind === "" ? "" : `; ${kind}`}`,
    `  owner ${owner}, changed ${times(nonce)}, last ${timeText(updatedAt)}`,
    ...challenges.map((challenge) => `  ${challengeText(challenge, now)}`),
    ...(challenges.some(({ verdict }) => verdict !== "pending") ? ["next: settle-challenge, by anyone"] : []),
  ].join("\n");
}

function challengeText(
  { index, challenger, askedTime, deadline, verdict }: ChallengeView,
  now: Moment,
): string {
  const end = endOfServed(now, deadline);
  const until = `before ${timeText(end)} if snapshots go on coming (${timeLeft(end, now.time)})`;
  const says = {
    pending: `it attests ${until}, or a case opens`,
    answered: "it has answered: the bond is forfeit",
    dismissed: "it is dismissed: the bond comes back",
    breach: "its breach is proven: a case opens",
    silence: "it did not answer: a case opens",
  } as const;
  return `challenge ${index}, by ${challenger}, about prices of ${timeText(askedTime)} or later: ${says[verdict]}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
