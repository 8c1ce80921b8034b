import { BallastError } from "../errors.ts";
import type { Field } from "../math/field.ts";
import { type Account, leafOf, rootOf } from "../portfolio/merkle.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import type { CircuitInputs } from "./table.ts";

export interface MembershipRequest extends Account {
  /** The account's place in the tree, 0 <= index < 2^depth. */
  readonly index: number;
  /** Siblings from the leaf's level upwards: one a level. */
  readonly path: readonly Field[];
  /** Binds the proof to chain, ledger and deadline. */
  readonly context: Field;
}

/** The public signals, in the circuit's order. */
export interface MembershipSignals {
  readonly accountsRoot: Field;
  readonly accountId: Field;
  readonly commitment: Field;
  readonly context: Field;
}

export interface MembershipWitness {
  readonly inputs: CircuitInputs;
  readonly signals: MembershipSignals;
  readonly publicSignals: readonly Field[];
}

/**
 * Everything the membership circuit takes: the inputs, and the public signals they imply.
 *
 * @throws {BallastError} INVALID_INPUT for a path of a tree of another depth; OUT_OF_RANGE for a place that it doesn't have.
 */
export function membershipWitness(
  { depth }: { readonly depth: number },
  request: MembershipRequest,
): MembershipWitness {
  const { accountId, commitment, index, path, context } = request;
  if (path.length !== depth)
    throw new BallastError(
      "INVALID_INPUT",
      `The path has ${path.length} levels; this circuit's tree has ${depth}.`,
      { hint: "Use the circuit of the tree's depth.", details: { depth } },
    );
  const accountsRoot = rootOf(leafOf(request), index, path);
  const signals: MembershipSignals = { accountsRoot, accountId, commitment, context };
  const indexBit = path.map((_, level) => (BigInt(index) >> BigInt(level)) & 1n);
  return {
    signals,
    publicSignals: SIGNALS.membership.map((name) => signals[name]),
    inputs: { ...signals, indexBit, sibling: path },
  };
}
