import { accountJson, caseJson } from "../../../actions/liquidation/json.ts";
import { type NextAction, nextActions, phaseEnd } from "../../../chain/liquidation/next.ts";
import {
  type CaseView,
  type ChallengeView,
  readCaseView,
  readChallenge,
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
  notes: "An account without an open case is shown as the ledger has it, with its challenge.",
  examples: ["ballast liquidate show 3", "ballast liquidate show desk"],
  async act({ reader, system }, { subject }) {
    if ("caseId" in subject) return showCase(subject.caseId);
    const open = await readOpenCase(reader, system, subject.accountId);
    if (open !== undefined) return showCase(open);
    const { time } = await readMoment(reader);
    const account = await readAccount(reader, system, subject.accountId);
    const challenge = await readChallenge(reader, system, account.accountId);
    return {
      result: { case: null, account: accountJson(account), challenge: challenge ?? null },
      text: describeAccount(account, challenge, time),
    };

    async function showCase(caseId: bigint) {
      const view = await readCaseView(reader, system, caseId);
      const next = nextActions(view);
      return { result: caseJson(view, next), text: describeCase(view, next) };
    }
  },
});

function describeCase(view: CaseView, next: readonly NextAction[]): string {
  const { case: found, attestation, auction, time } = view;
  const end = phaseEnd(view);
  const outcome = found.status === "closed" ? `: ${found.outcome}, ${timeText(found.closedAt)}` : "";
  const lines = [
    `case ${found.caseId} of account ${accountText(found.accountId)}: ${found.status}${outcome}`,
    `  opened ${timeText(found.openedAt)} in tier ${found.tier}, version ${found.version}`,
    `  attested now: ${attestation === undefined ? "nothing" : `tier ${attestation.tier}`}`,
    ...(end === undefined || end === 0n ? [] : [`  until ${timeText(end)}, ${timeLeft(end, time)}`]),
  ];
  if (auction !== undefined) {
    const { bids, leader, sale, hold, pot } = auction;
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
    if (pot > 0n) lines.push(`  pot of lost bonds: ${pot} token units`);
    if (sale !== undefined && found.status === "sale")
      lines.push(`  on sale for ${sale.price} lots; its equity was ${sale.equityLots}`);
    if (hold !== undefined)
      lines.push(
        `  held back: ${hold.amount} token units of ${hold.buyer}, until ${timeText(hold.releaseAt)}`,
      );
  }
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
  challenge: ChallengeView | undefined,
  time: bigint,
): string {
  const kind = [frozen ? "frozen" : "", guarded ? "guarded" : ""].filter((word) => word !== "").join(", ");
  return [
    `account ${accountText(accountId)}: no open case${kind === "" ? "" : `; ${kind}`}`,
    `  owner ${owner}, changed ${times(nonce)}, last ${timeText(updatedAt)}`,
    ...(challenge === undefined
      ? []
      : [
          `  challenged by ${challenge.challenger}: it attests before ${timeText(challenge.deadline)} (${timeLeft(challenge.deadline, time)}), or a case opens`,
          "next: settle-challenge, by anyone, once it has attested or the time is over",
        ]),
  ].join("\n");
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
