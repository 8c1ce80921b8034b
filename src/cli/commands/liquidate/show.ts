import type { Command } from "commander";
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
import { table } from "../../format.ts";
import { emit } from "../../io.ts";
import { timeLeft } from "../../liquidation/clock.ts";
import {
  accountHex,
  accountOfText,
  accountText,
  type ChainOptions,
  isCase,
  openReader,
  reads,
  timeText,
} from "../../liquidation/session.ts";
import type { Runner } from "../../program.ts";

/** `ballast liquidate show` */
export function registerShow(group: Command, run: Runner): void {
  reads(group, "show", "where a case stands, and what can be done next, by whom")
    .argument("<case|account>", "a case's number, or an account: 0x…, or its name")
    .addHelpText(
      "after",
      `
An account without an open case is shown as the ledger has it, with its challenge.
  $ ballast liquidate show 3 --deployment d.json --rpc URL
  $ ballast liquidate show 0x2a --deployment d.json --rpc URL`,
    )
    .action(
      run<ChainOptions>(async ({ io, json }, options, [text = ""]) => {
        const named = isCase(text) ? BigInt(text) : undefined;
        const accountId = named === undefined ? accountOfText(text) : undefined;
        const { reader, system } = await openReader(options);
        const caseId =
          accountId === undefined ? (named ?? 0n) : await readOpenCase(reader, system, accountId);
        if (caseId !== undefined) {
          const view = await readCaseView(reader, system, caseId);
          const next = nextActions(view);
          emit(io, json, caseJson(view, next), () => describeCase(view, next));
          return;
        }
        const { time } = await readMoment(reader);
        const account = await readAccount(reader, system, accountId ?? 0n);
        const challenge = await readChallenge(reader, system, account.accountId);
        const result = { case: null, account: accountJson(account), challenge: challenge ?? null };
        emit(io, json, result, () => describeAccount(account, challenge, time));
      }),
    );
}

function accountJson(account: LedgerAccount) {
  const { accountId, commitment, ...rest } = account;
  return { accountId: accountHex(accountId), commitment: accountHex(commitment), ...rest };
}

function caseJson(view: CaseView, next: readonly NextAction[]) {
  const { case: found, account, attestation, auction, block, time } = view;
  return {
    block,
    time,
    case: { ...found, accountId: accountHex(found.accountId) },
    account: accountJson(account),
    attestation: attestation ?? null,
    phaseEndsAt: phaseEnd(view) ?? null,
    auction: auction ?? null,
    next,
  };
}

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
    `  owner ${owner}, changed ${nonce} times, last ${timeText(updatedAt)}`,
    ...(challenge === undefined
      ? []
      : [
          `  challenged by ${challenge.challenger}: it attests before ${timeText(challenge.deadline)} (${timeLeft(challenge.deadline, time)}), or a case opens`,
          "next: settle-challenge, by anyone, once it has attested or the time is over",
        ]),
  ].join("\n");
}
