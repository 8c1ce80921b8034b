import type { Hex } from "viem";
import type { Field } from "../math/field.ts";
import type { EmptyCircuit, MembershipCircuit } from "../prover/circuits.ts";
import type { Groth16Proof } from "../prover/proof.ts";
import { emptyWitness } from "../witness/empty.ts";
import { type MembershipRequest, membershipWitness } from "../witness/membership.ts";
import { type ProofKit, proveWitness } from "./claims.ts";
import { type FactPlace, factContext } from "./purpose.ts";

/** A fact whose subject is its caller's business, as the contracts take it (contracts/liquidation/facts/Claims.sol). */
export interface SubjectClaim {
  readonly circuitId: Hex;
  /** Unix seconds. */
  readonly deadline: bigint;
  readonly proof: Groth16Proof;
}

/** That an accounts tree has an account with a commitment. */
export interface ProvenMembership {
  readonly claim: SubjectClaim;
  /** What the path leads to: the verifier compares it with a run's. */
  readonly accountsRoot: Field;
}

/** That a commitment opens to no positions. */
export interface ProvenEmpty {
  readonly claim: SubjectClaim;
  readonly commitment: Field;
}

/**
 * Proves that an accounts tree has an account with a commitment.
 *
 * @param account its id, commitment and place in the tree.
 * @param place chain, ledger and deadline.
 * @throws {BallastError} INVALID_INPUT for a path of a tree of another depth; OUT_OF_RANGE; as `Prover.prove`.
 */
export async function proveMembership(
  kit: ProofKit<MembershipCircuit>,
  account: Omit<MembershipRequest, "context">,
  place: FactPlace,
): Promise<ProvenMembership> {
  const context = factContext("member", place);
  const witness = membershipWitness(kit.circuit, { ...account, context });
  const proof = await proveWitness(kit, witness);
  const claim = { circuitId: kit.key.circuitId, deadline: place.deadline, proof };
  return { claim, accountsRoot: witness.signals.accountsRoot };
}

/**
 * Proves that a new account's commitment opens to no positions.
 *
 * @param account its id, and the salt of its commitment, which stays secret.
 * @param place chain, ledger and deadline.
 * @throws {BallastError} as `Prover.prove`.
 */
export async function proveEmpty(
  kit: ProofKit<EmptyCircuit>,
  account: { readonly accountId: Field; readonly salt: Field },
  place: FactPlace,
): Promise<ProvenEmpty> {
  const witness = emptyWitness(kit.circuit, { ...account, context: factContext("empty", place) });
  const proof = await proveWitness(kit, witness);
  const claim = { circuitId: kit.key.circuitId, deadline: place.deadline, proof };
  return { claim, commitment: witness.signals.commitment };
}
