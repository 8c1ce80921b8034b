import type { TransactionReceipt } from "viem";
import { deleverageHolder, openRound } from "../../chain/liquidation/house.ts";
import { readCase, readOpenCase } from "../../chain/liquidation/read-case.ts";
import { lotsIn, readFunds } from "../../chain/liquidation/read-funds.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { proveDeleverage } from "../../liquidation/claims.ts";
import {
  closingTerms,
  type HolderPart,
  holdingTerms,
  planRound,
  type RoundInput,
  type RoundPlan,
  roundCandidates,
} from "../../liquidation/deleveraging.ts";
import { deleveragePurpose, factContext } from "../../liquidation/purpose.ts";
import type { Field } from "../../math/field.ts";
import { derivedSalt } from "../../portfolio/commitment.ts";
import { instrumentName, type Snapshot } from "../../risk/snapshot.ts";
import { type Desk, nameIn, sendStep } from "./context.ts";
import { checkOnLedger, equityAt, placeOf, tradeAt } from "./facts.ts";
import { showOthers } from "./house-accounts.ts";
import type { AccountStore } from "./store.ts";

export interface Deleveraging {
  /** The clearing house's account that holds what is closed. */
  readonly house: OpenAccount;
  /** All other accounts of the house that hold anything: they are shown first, and all count together. Default: none. */
  readonly others?: readonly OpenAccount[];
  /** All accounts on the other side. */
  readonly holders: readonly OpenAccount[];
  /** What is closed, by name. Default: what can bear the most. */
  readonly instrument?: string;
  /** Where holder and house are kept as part `index`, from 0, leaves them. Default: where the desk keeps accounts. */
  readonly storeOf?: (index: number, holder: OpenAccount) => AccountStore;
}

/** A holder's part, closed. */
export interface ClosedPart extends Omit<HolderPart, "house"> {
  readonly holder: OpenAccount;
  readonly house: OpenAccount;
  /** Lots that nobody has borne yet. */
  readonly residual: bigint;
  readonly receipt: TransactionReceipt;
}

/** A round that is over. */
export interface Deleveraged {
  readonly roundId: bigint;
  readonly instrument: string;
  readonly plan: RoundPlan;
  readonly parts: readonly ClosedPart[];
  /** Holders whose own cases keep them out: beyond Soft, or with less than nothing after their part. */
  readonly spared: readonly Field[];
}

type RoundDesk = Desk<"transfer" | "deleverage" | "equity">;

/**
 * Closes the other side pro rata, at one price, for the residual that no fund bears; only the operator may. A round is planned and opened,
 * and then each holder's part is closed, within the time for which the snapshot is good for money. Interrupted, do it again with the newest house and the holders that are left: another round is
 * opened for what is left.
 * @throws {BallastError} NOTHING_TO_CLOSE, DUPLICATE_ACCOUNT; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. OnlyOperator, NoResidual; as the
 *   proofs; what keeping throws.
 * @example
 * ```ts
 * import { deleverage, type Desk, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "deleverage" | "equity">;
 * declare const house: OpenAccount;
 * declare const holders: readonly OpenAccount[];
 * const { parts } = await deleverage(desk, { house, holders });
 * ```
 */
export async function deleverage(desk: RoundDesk, order: Deleveraging): Promise<Deleveraged> {
  const { snapshot, system } = desk;
  const { house, holders, others = [] } = order;
  checkDistinct(holders);
  const rest = await showOthers(desk, others);
  const { settlementId } = system;
  const funds = { lots: lotsIn(await readFunds(desk.client, system)), microsPerLot: system.microsPerLot };
  const plan = plannedRound(
    { snapshot, settlementId, house: house.positions, rest, holders, funds },
    snapshot,
    order.instrument,
  );
  await checkOnLedger(desk, [house, ...holders]);
  const roundId = await open(desk, house, plan);
  const closed = await closeAll(desk, roundId, plan, order);
  return { roundId, instrument: instrumentName(snapshot, plan.terms.instrumentId), plan, ...closed };
}

/** @param where they are named, for the error. @throws {BallastError} DUPLICATE_ACCOUNT. */
export function checkDistinct(holders: readonly OpenAccount[], where = "the round"): void {
  if (new Set(holders.map(({ accountId }) => accountId)).size === holders.length) return;
  throw new BallastError("DUPLICATE_ACCOUNT", `A holder stands twice in ${where}.`, {
    hint: "Give one file for each account.",
  });
}

/** @throws {BallastError} NOTHING_TO_CLOSE, UNKNOWN_INSTRUMENT, OUT_OF_RANGE. */
function plannedRound(input: RoundInput, snapshot: Snapshot, instrument: string | undefined): RoundPlan {
  const plan = planRound(input, candidateOf(input, snapshot, instrument));
  if (plan.parts.length > 0) return plan;
  throw new BallastError("NOTHING_TO_CLOSE", "No holder has enough for a lot to be closed.", {
    hint: "Give all holders, or close another instrument.",
  });
}

function candidateOf(input: RoundInput, snapshot: Snapshot, instrument: string | undefined) {
  const candidates = roundCandidates(input);
  if (instrument === undefined) return candidates[0];
  const nameOf = (id: number) => instrumentName(snapshot, id);
  const found = candidates.find(({ instrumentId }) => nameOf(instrumentId) === instrument);
  if (found !== undefined) return found;
  throw new BallastError("NOTHING_TO_CLOSE", "House and holders are not on two sides of that instrument.", {
    hint:
      candidates.length === 0
        ? "There is no instrument that both hold."
        : `Choose from ${candidates.map(({ instrumentId }) => nameOf(instrumentId)).join(", ")}.`,
  });
}

async function open(desk: RoundDesk, house: OpenAccount, { terms }: RoundPlan): Promise<bigint> {
  const { client, system, kits, progress } = desk;
  progress.note("what the house holds");
  const holding = await proveDeleverage(
    kits.deleverage,
    house,
    holdingTerms(terms, system.settlementId),
    placeOf(desk),
  );
  const equity = await equityAt(desk, house);
  const { roundId } = await sendStep(desk, "opening the round", () =>
    openRound(client, system, terms, holding, equity),
  );
  return roundId;
}

async function closeAll(
  desk: RoundDesk,
  roundId: bigint,
  { terms, parts }: RoundPlan,
  { house: first, holders, storeOf = () => desk.store }: Deleveraging,
): Promise<Pick<Deleveraged, "parts" | "spared">> {
  const { client, system, kits } = desk;
  const closing = closingTerms(terms, system.settlementId);
  const sign = terms.holdersShort ? -1n : 1n;
  const closed: ClosedPart[] = [];
  const spared: Field[] = [];
  let house = first;
  for (const [index, part] of parts.entries()) {
    const holder = holders.find(({ accountId }) => accountId === part.accountId);
    if (holder === undefined) throw new BallastError("INTERNAL", "A part is nobody's.");
    if (await isBeyondSoft(desk, holder)) {
      spared.push(holder.accountId);
      continue;
    }
    const store = storeOf(index, holder);
    const moved = [{ instrumentId: terms.instrumentId, quantity: sign * part.closed }];
    const salts = { a: derivedSalt(holder.salt, factContext("delever", placeOf(desk))) };
    const plan = { a: holder, b: house, moved, cash: part.payment, salts };
    const done = await tradeAt({ ...desk, store }, deleveragePurpose(roundId), plan);
    const own = await equityAt(desk, done.a);
    if (own.equity < 0n) {
      spared.push(holder.accountId);
      continue;
    }
    const proof = await proveDeleverage(kits.deleverage, holder, closing, placeOf(desk));
    const equity = await equityAt(desk, done.b);
    const title = `part ${index + 1} of ${parts.length}: ${nameIn(desk, part.accountId)}`;
    const sent = await store.keepThenSend([done.a, done.b], () =>
      sendStep(desk, title, () =>
        deleverageHolder(client, system, roundId, done.claim, proof.claim, equity, own),
      ),
    );
    closed.push({ ...part, ...sent, holder: done.a, house: done.b });
    house = done.b;
  }
  return { parts: closed, spared };
}

/** Whether a case keeps a holder out of a round: one in Soft doesn't. */
async function isBeyondSoft({ client, system }: RoundDesk, { accountId }: OpenAccount): Promise<boolean> {
  const caseId = await readOpenCase(client, system, accountId);
  return caseId !== undefined && (await readCase(client, system, caseId)).status !== "soft";
}
