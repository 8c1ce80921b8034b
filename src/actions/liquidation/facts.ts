import type { Address, Hex } from "viem";
import { type CaseView, readCaseView } from "../../chain/liquidation/read-case.ts";
import { readAccount, readTransferTarget } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import { accountText, checkOpening, type OpenAccount } from "../../liquidation/account.ts";
import {
  type CeilingClaim,
  type EquityClaim,
  type ProvenTransfer,
  proveCeiling,
  proveEquity,
  proveReduction,
  proveTransfer,
  type ReductionClaim,
} from "../../liquidation/claims.ts";
import {
  type CaseAction,
  casePurpose,
  type FactPlace,
  type TransferPlace,
  transferContext,
} from "../../liquidation/purpose.ts";
import type { TransferPlan } from "../../liquidation/transfers.ts";
import type { Field } from "../../math/field.ts";
import { derivedSalt } from "../../portfolio/commitment.ts";
import { type Desk, type LedgerContext, type LiquidationContext, nameIn, readTime } from "./context.ts";

/**
 * Checks openings against the ledger before anything is proven with them.
 * @throws {BallastError} COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. UnknownAccount.
 */
export async function checkOnLedger(
  { client, system, slots }: Pick<LedgerContext, "client" | "system" | "slots">,
  accounts: readonly OpenAccount[],
): Promise<void> {
  for (const account of accounts) {
    const { commitment } = await readAccount(client, system, account.accountId);
    checkOpening(account, slots, commitment, `account ${accountText(account.accountId)}`);
  }
}

/** Where facts about accounts are proven for. */
export function placeOf({ system, deadline }: Pick<Desk, "system" | "deadline">): FactPlace {
  const { chainId, ledger } = system;
  return { chainId, ledger, deadline };
}

/** A case, checked to be about an account. @throws {BallastError} INVALID_INPUT; CHAIN_ERROR. */
export async function caseAbout(
  { client, system }: Pick<LiquidationContext, "client" | "system">,
  caseId: bigint,
  account: OpenAccount,
): Promise<CaseView> {
  const view = await readCaseView(client, system, caseId);
  if (view.case.accountId === account.accountId) return view;
  throw new BallastError("INVALID_INPUT", `Case ${caseId} is about another account than the file's.`, {
    hint: `Give the file of account ${accountText(view.case.accountId)}.`,
  });
}

/** For which act in a case a transfer is made. */
export function purposeIn(view: CaseView, action: CaseAction, actor: Address): Hex {
  const { caseId, version } = view.case;
  return casePurpose({ action, caseId, version, actor });
}

/** What moves, where no part of it is the rule. */
export type Moves = Pick<TransferPlan, "a"> & Partial<TransferPlan>;

/** Deadlines that are tried for an interrupted act's, seconds. */
const TRIED_DEADLINES = 3_600n;

/**
 * Proves a transfer between the accounts as the ledger has them. An account that an interrupted act kept and never sent keeps its salt,
 * and a salt that was derived its deadline, as long as that lies ahead.
 * @throws {BallastError} as `proveTransfer`.
 */
export async function transferAt(desk: Desk<"transfer">, purpose: Hex, plan: Moves): Promise<ProvenTransfer> {
  const { client, system, kits, deadline, progress, store } = desk;
  const { a, b } = plan;
  const target = await readTransferTarget(client, system, {
    accountA: a.accountId,
    ...(b === undefined ? {} : { accountB: b.accountId }),
    purpose,
    deadline,
  });
  const terms = { settlementId: system.settlementId, cash: 0n, funding: 0n, rest: "free" } as const;
  progress.note("transfer");
  const salts = {
    a: plan.salts?.a ?? store.saltOf(a.accountId),
    b: b === undefined ? undefined : store.saltOf(b.accountId),
  };
  const derived = plan.rest === "kept" && salts.a !== undefined ? salts.a : undefined;
  const again = derived === undefined ? undefined : deadlineOf(derived, a, target, await readTime(client));
  return proveTransfer(
    kits.transfer,
    { ...terms, ...plan, salts },
    { ...target, deadline: again ?? deadline },
  );
}

/** The deadline after `now` that an account's derived salt came from, or none of those tried. */
function deadlineOf(
  derived: Field,
  { salt }: OpenAccount,
  place: TransferPlace,
  now: bigint,
): bigint | undefined {
  const earliest = place.deadline - TRIED_DEADLINES > now ? place.deadline - TRIED_DEADLINES : now;
  for (let deadline = place.deadline; deadline > earliest; deadline--)
    if (derivedSalt(salt, transferContext({ ...place, deadline })) === derived) return deadline;
  return undefined;
}

/** A transfer between two accounts. */
export type ProvenTrade = ProvenTransfer & Required<Pick<ProvenTransfer, "b">>;

/** {@link transferAt} with a counterparty. */
export async function tradeAt(
  desk: Desk<"transfer">,
  purpose: Hex,
  plan: Moves & Required<Pick<TransferPlan, "b">>,
): Promise<ProvenTrade> {
  const { b, ...done } = await transferAt(desk, purpose, plan);
  if (b !== undefined) return { ...done, b };
  throw new BallastError("INTERNAL", "The transfer has no counterparty.");
}

/** Proves an account's equity in the snapshot. @throws {BallastError} as `proveEquity`. */
export function equityAt(desk: Desk<"equity">, account: OpenAccount): Promise<EquityClaim> {
  desk.progress.note(`equity of ${nameIn(desk, account.accountId)}`);
  return proveEquity(desk.kits.equity, desk.snapshot, account, placeOf(desk));
}

/**
 * Proves that an account is in breach and worth a ceiling at most in the snapshot.
 * @param ceiling micro-USD.
 * @throws {BallastError} as `proveCeiling`.
 */
export function ceilingAt(
  desk: Desk<"ceiling">,
  account: OpenAccount,
  ceiling: bigint,
): Promise<CeilingClaim> {
  desk.progress.note(`ceiling of ${nameIn(desk, account.accountId)}`);
  return proveCeiling(desk.kits.ceiling, desk.snapshot, account, ceiling, placeOf(desk));
}

/**
 * Proves that an account is no riskier after than before.
 * @param maxPenalty ppm of the margin that is freed.
 * @throws {BallastError} as `proveReduction`.
 */
export function reductionAt(
  desk: Desk<"reduction">,
  before: OpenAccount,
  after: OpenAccount,
  maxPenalty: number,
): Promise<ReductionClaim> {
  desk.progress.note(`reduction of ${nameIn(desk, before.accountId)}`);
  const { kits, snapshot } = desk;
  return proveReduction(kits.reduction, snapshot, before, after, BigInt(maxPenalty), placeOf(desk));
}
