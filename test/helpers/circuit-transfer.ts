import { toField } from "../../src/math/field.ts";
import { derivedSalt } from "../../src/portfolio/commitment.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { applyTransfer, type ClosingTerms, type TransferTerms } from "../../src/risk/transfer.ts";
import { type DeleverageRequest, deleverageWitness } from "../../src/witness/deleverage.ts";
import { type TransferRequest, transferWitness } from "../../src/witness/transfer.ts";
import { type Forgery, forge } from "./circuit-attack.ts";
import { openForged } from "./circuit-solvency.ts";
import { at } from "./r1cs.ts";
import type { Inputs, Lie } from "./r1cs-forge.ts";

/** The instances that the soundness tests attack. */
export const TRANSFER = instanceOf("transfer", "transfer_4");
export const DELEVERAGE = instanceOf("deleverage", "deleverage_4");

/** Instrument ids of the fixtures: the settlement asset, and four derivatives. */
export const CASH = 3;
export const [CALL, PUT, FUTURE, OTHER] = [300, 301, 402, 1_048_575] as const;
export const CONTEXT = toField(987_654_321n);
const ACCOUNTS = [toField(1001n), toField(1002n)] as const;

export const hold = (instrumentId: number, quantity: bigint): Holding => ({ instrumentId, quantity });

/** A slot as the circuits take it: lots, id, side. */
export type RawSlot = readonly [quantity: bigint, id: bigint, isShort: bigint];
export const EMPTY: RawSlot = [0n, 0n, 0n];

/** A transfer request with fixed accounts and salts; A's new salt is the context where it is handed over whole, and derived where it is kept. */
export function transferRequest(
  oldA: readonly Holding[],
  oldB: readonly Holding[] | undefined,
  terms: Partial<TransferTerms>,
  moved: readonly Holding[] = [],
): TransferRequest {
  const all: TransferTerms = { settlementId: CASH, cash: 0n, funding: 0n, rest: "free", ...terms };
  const { newA, newB } = applyTransfer(oldA, oldB ?? [], all, moved);
  const saltOfA = { free: toField(21n), whole: CONTEXT, kept: derivedSalt(toField(11n), CONTEXT) };
  const party = (k: 0 | 1, before: readonly Holding[], after: readonly Holding[]) => ({
    accountId: ACCOUNTS[k],
    before: { positions: before, salt: toField(11n + BigInt(k)) },
    after: { positions: after, salt: k === 0 ? saltOfA[all.rest] : toField(22n) },
  });
  const a = party(0, oldA, newA);
  return { ...all, context: CONTEXT, a, ...(oldB === undefined ? {} : { b: party(1, oldB, newB) }) };
}

/** A sells, and every slot of all four portfolios is filled. */
export const SALE = transferRequest(
  [hold(CASH, 1_000n), hold(CALL, 50n), hold(PUT, -20n), hold(OTHER, 9n)],
  [hold(CASH, 5_000n), hold(CALL, -10n), hold(PUT, 1n), hold(FUTURE, 8n)],
  { cash: 400n, funding: -7n },
  [hold(CALL, 30n), hold(PUT, 3n)],
);
/** A's whole portfolio goes to B. */
export const TAKEOVER = transferRequest(
  [hold(CASH, 1_000n), hold(CALL, 50n), hold(PUT, -20n)],
  [hold(CASH, 5_000n), hold(CALL, -10n), hold(FUTURE, 8n)],
  { cash: 250n, rest: "whole" },
);
/** Tokens enter A's account, which its owner derives. */
export const KEPT = transferRequest([hold(CALL, 50n), hold(CASH, -7n)], undefined, {
  funding: 77n,
  rest: "kept",
});
/** Tokens enter A's account. */
export const DEPOSIT = transferRequest([hold(CASH, 1_000n), hold(CALL, 50n)], undefined, { funding: 77n });

export const saleInputs = transferWitness(TRANSFER, SALE).inputs;
export const takeoverInputs = transferWitness(TRANSFER, TAKEOVER).inputs;
export const keptInputs = transferWitness(TRANSFER, KEPT).inputs;
export const depositInputs = transferWitness(TRANSFER, DEPOSIT).inputs;

/** A closing's terms: 3 of 8 lots, at 2.5 settlement lots for a lot. */
export const TERMS: ClosingTerms = {
  settlementId: CASH,
  instrumentId: CALL,
  isShort: false,
  closing: 3n,
  open: 8n,
  price: 2_500_000n,
};

/** A deleverage request with a fixed account and fixed salts. */
export function closingRequest(
  positions: readonly Holding[],
  terms: Partial<ClosingTerms> = {},
): DeleverageRequest {
  const before = { positions, salt: toField(31n) };
  return { ...TERMS, ...terms, accountId: ACCOUNTS[0], before, context: CONTEXT };
}

/** Every slot of both portfolios is filled; 18 of 50 lots are closed, for 45 lots: nothing but the floor is rounded. */
export const LONG = closingRequest([hold(CASH, 1_000n), hold(CALL, 50n), hold(PUT, -20n), hold(OTHER, 9n)]);
export const longInputs = deleverageWitness(DELEVERAGE, LONG).inputs;

export const transfer = await openForged("transfer", TRANSFER.name, saleInputs);
export const deleverage = await openForged("deleverage", DELEVERAGE.name, longInputs);

/** Inputs with some portfolios' slots replaced, by their place (A old, A new, B old, B new). */
export function withSlots(inputs: Inputs, slots: Readonly<Record<number, readonly RawSlot[]>>): Inputs {
  const side = "side" in inputs ? "side" : "isShort";
  const lists = ["quantity", "id", side].map((name, limb) => {
    const list = [...(inputs[name] as readonly bigint[])];
    for (const [k, portfolio] of Object.entries(slots))
      for (let i = 0; i < 4; i++) list[4 * Number(k) + i] = at(portfolio[i] ?? EMPTY, limb);
    return [name, list] as const;
  });
  return { ...inputs, ...Object.fromEntries(lists) };
}

/**
 * The strongest witness for a transfer's changed inputs: the commitments are those of the slots unless they are changed too, and
 * everything downstream (challenge, quotients, bits) is recomputed.
 */
export function attackTransfer(
  inputs: Inputs,
  changes: Inputs = {},
  lies: Readonly<Record<string, Lie>> = {},
): Forgery {
  const claim: Record<string, bigint | readonly bigint[]> = { ...inputs, ...changes };
  const first = transfer.forger.derive(claim, lies);
  for (const [k, name] of ["oldA", "newA", "oldB", "newB"].entries()) {
    if (changes[name] !== undefined || (k > 1 && claim["hasB"] === 0n)) continue;
    claim[name] = first.value(`main.portfolio[${k}].commitment`);
  }
  return forge(transfer, claim, lies);
}

/** The same for a deleverage. */
export function attackDeleverage(
  inputs: Inputs,
  changes: Inputs = {},
  lies: Readonly<Record<string, Lie>> = {},
): Forgery {
  const claim: Record<string, bigint | readonly bigint[]> = { ...inputs, ...changes };
  const first = deleverage.forger.derive(claim, lies);
  for (const [k, name] of ["oldCommitment", "newCommitment"].entries()) {
    if (changes[name] === undefined) claim[name] = first.value(`main.portfolio[${k}].commitment`);
  }
  return forge(deleverage, claim, lies);
}
