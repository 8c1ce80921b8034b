import { type NextAction, phaseEnd } from "../../chain/liquidation/next.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import type { LedgerAccount } from "../../chain/liquidation/read-ledger.ts";
import { accountHex } from "../../liquidation/account.ts";
import { eventText } from "./event-text.ts";
import type { Look, TimedEvent } from "./follow.ts";

/** An event as JSON. */
export function eventJson(event: TimedEvent) {
  const { time, block, logIndex, transaction, source, name, caseId, accountId, args } = event;
  return {
    ...{ time, block, logIndex, transaction, source, name },
    caseId: caseId ?? null,
    accountId: accountId === undefined ? null : accountHex(accountId),
    text: eventText(event),
    args,
  };
}

/** The open cases as JSON. */
export function casesJson({ block, time, served, cases }: Look) {
  return {
    ...{ type: "cases", block, time, served },
    cases: cases.map(({ case: found, attestation, auction, sale }) => ({
      ...found,
      accountId: accountHex(found.accountId),
      attestation: attestation ?? null,
      auction: auction ?? null,
      sale,
    })),
  };
}

/** An account of the ledger as JSON. */
export function accountJson(account: LedgerAccount) {
  const { accountId, commitment, ...rest } = account;
  return { accountId: accountHex(accountId), commitment: accountHex(commitment), ...rest };
}

/** A case as JSON, with what can be done next. */
export function caseJson(view: CaseView, next: readonly NextAction[]) {
  const { case: found, account, attestation, auction, sale, block, time, served, isOver } = view;
  return {
    ...{ block, time, served },
    case: { ...found, accountId: accountHex(found.accountId) },
    account: accountJson(account),
    attestation: attestation ?? null,
    phaseEndsAt: phaseEnd(view) ?? null,
    auction: auction ?? null,
    sale,
    isOver,
    next,
  };
}
