import type { Hex } from "viem";
import type { Field } from "../math/field.ts";
import type {
  CeilingCircuit,
  CircuitInstance,
  CoverageCircuit,
  DeleverageCircuit,
  EquityCircuit,
  ReductionCircuit,
  TransferCircuit,
} from "../prover/circuits.ts";
import type { OnProgress } from "../prover/progress.ts";
import type { Groth16Proof } from "../prover/proof.ts";
import type { LoadedKey, Prover } from "../prover/prover.ts";
import type { ClosingTerms } from "../risk/transfer.ts";
import { ceilingWitness } from "../witness/ceiling.ts";
import { coverageWitness } from "../witness/coverage.ts";
import { deleverageWitness } from "../witness/deleverage.ts";
import { equityWitness } from "../witness/equity.ts";
import { reductionWitness } from "../witness/reduction.ts";
import type { CircuitInputs, WitnessSnapshot } from "../witness/table.ts";
import { transferWitness } from "../witness/transfer.ts";
import { checkOpening, type OpenAccount, portfolioOf } from "./account.ts";
import { type FactPlace, factContext, type TransferPlace, transferContext } from "./purpose.ts";
import { afterOf, planTransfer, type TransferPlan } from "./transfers.ts";

/** What one statement is proven with. */
export interface ProofKit<Circuit extends CircuitInstance> {
  readonly prover: Prover;
  readonly circuit: Circuit;
  readonly key: LoadedKey;
  readonly onProgress?: OnProgress;
}

/** A transfer as the contracts take it (contracts/liquidation/facts/Claims.sol). Public facts only, as are the other claims. */
export interface TransferClaim {
  readonly circuitId: Hex;
  readonly accountA: Field;
  readonly newA: Field;
  /** 0 without a counterparty, and so is newB. */
  readonly accountB: Field;
  readonly newB: Field;
  /** Lots of the settlement asset that B pays to A. */
  readonly cash: bigint;
  /** Lots of the settlement asset that come to A from outside; negative ones leave. */
  readonly funding: bigint;
  /** Unix seconds. */
  readonly deadline: bigint;
  readonly proof: Groth16Proof;
}

/** A holder's part of a closing as the contracts take it. */
export interface DeleverageClaim {
  readonly circuitId: Hex;
  /** Lots of the instrument that the holder closes. */
  readonly closed: bigint;
  readonly deadline: bigint;
  readonly proof: Groth16Proof;
}

/** An account's equity in a snapshot as the contracts take it. */
export interface EquityClaim {
  readonly circuitId: Hex;
  readonly snapshotId: Field;
  readonly accountId: Field;
  /** 0..4 */
  readonly tier: number;
  /** Micro-USD, signed. */
  readonly equity: bigint;
  readonly deadline: bigint;
  readonly proof: Groth16Proof;
}

/** A fact about an account in a snapshot that opens nothing, as the contracts take it. */
export interface SnapshotClaim {
  readonly circuitId: Hex;
  readonly snapshotId: Field;
  readonly deadline: bigint;
  readonly proof: Groth16Proof;
}

/** That one portfolio of an account is no riskier than another. */
export type ReductionClaim = SnapshotClaim;
/** That an account is in breach, and worth a ceiling at most. */
export type CeilingClaim = SnapshotClaim;

/** An account's tier in a snapshot, as the coverage registry attests it. */
export interface AttestableClaim {
  readonly circuitId: Hex;
  readonly snapshotId: Field;
  readonly deadline: bigint;
  readonly accountId: Field;
  readonly commitment: Field;
  /** 0..4 */
  readonly tier: number;
  readonly proof: Groth16Proof;
}

/** Where a transfer is proven for, and what the ledger says of its accounts. */
export interface TransferTarget extends TransferPlace {
  /** The ledger's commitments. */
  readonly oldA: bigint;
  /** 0 without a counterparty. */
  readonly oldB: bigint;
}

/** A proven transfer, and the openings that go with it. */
export interface ProvenTransfer {
  readonly claim: TransferClaim;
  /** The accounts afterwards. Save them before the claim is sent: a lost opening can't be made again. */
  readonly a: OpenAccount;
  readonly b?: OpenAccount;
}

/** A proven part of a closing. */
export interface ProvenClosing {
  readonly claim: DeleverageClaim;
  /** Settlement lots that the holder is paid, signed: the cash of the transfer that goes with it. */
  readonly payment: bigint;
  readonly newCommitment: Field;
}

/**
 * Proves a transfer.
 *
 * @param plan what moves.
 * @param target where it is proven for: chain, ledger, purpose, nonces, commitments and deadline.
 * @throws {BallastError} COMMITMENT_MISMATCH when an opening isn't that of the ledger's commitment; OUT_OF_RANGE, INVALID_INPUT,
 *   PORTFOLIO_TOO_LARGE, LOT_OVERFLOW, DUPLICATE_INSTRUMENT for a transfer that the circuit would refuse; as `Prover.prove`.
 */
export async function proveTransfer(
  kit: ProofKit<TransferCircuit>,
  plan: TransferPlan,
  target: TransferTarget,
): Promise<ProvenTransfer> {
  const { circuit, key } = kit;
  const context = transferContext(target);
  checkOpening(plan.a, circuit.slots, target.oldA, "the first account");
  if (plan.b !== undefined) checkOpening(plan.b, circuit.slots, target.oldB, "the counterparty");
  const { a, b } = planTransfer(plan, context);
  const { settlementId, cash, funding, rest } = plan;
  const request = { a, ...(b === undefined ? {} : { b }), settlementId, cash, funding, rest, context };
  const witness = transferWitness(circuit, request);
  const proof = await proveWitness(kit, witness);
  const { accountA, newA, accountB, newB } = witness.signals;
  const { deadline } = target;
  return {
    claim: { circuitId: key.circuitId, accountA, newA, accountB, newB, cash, funding, deadline, proof },
    a: afterOf(a),
    ...(b === undefined ? {} : { b: afterOf(b) }),
  };
}

/**
 * Proves a holder's part of a closing; also, with `holdingTerms`, what the house holds.
 *
 * @param account the holder before.
 * @param terms the round's: see `closingTerms`.
 * @param place chain, ledger and deadline.
 * @throws {BallastError} OUT_OF_RANGE, INVALID_INPUT, PORTFOLIO_TOO_LARGE, LOT_OVERFLOW for a closing that the circuit would
 *   refuse; as `Prover.prove`.
 */
export async function proveDeleverage(
  kit: ProofKit<DeleverageCircuit>,
  account: OpenAccount,
  terms: ClosingTerms,
  place: FactPlace,
): Promise<ProvenClosing> {
  const { accountId, ...before } = account;
  const context = factContext("delever", place);
  const witness = deleverageWitness(kit.circuit, { ...terms, accountId, before, context });
  const proof = await proveWitness(kit, witness);
  const { closed, payment } = witness.share;
  const { deadline } = place;
  const claim = { circuitId: kit.key.circuitId, closed, deadline, proof };
  return { claim, payment, newCommitment: witness.signals.newCommitment };
}

/**
 * Proves what an account is worth; the claim opens tier and equity.
 *
 * @param snapshot where money follows from it, the newest published one.
 * @throws {BallastError} INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW; as `Prover.prove`.
 */
export async function proveEquity(
  kit: ProofKit<EquityCircuit>,
  snapshot: WitnessSnapshot,
  account: OpenAccount,
  place: FactPlace,
): Promise<EquityClaim> {
  const { circuit, key } = kit;
  const context = factContext("equity", place);
  const witness = equityWitness(circuit, snapshot, portfolioOf(account), account.salt, context);
  const proof = await proveWitness(kit, witness);
  const { signals, equity } = witness;
  return {
    circuitId: key.circuitId,
    snapshotId: snapshot.snapshotId,
    accountId: signals.accountId,
    tier: Number(signals.tier),
    equity,
    deadline: place.deadline,
    proof,
  };
}

/**
 * Proves that an account is in tier 2, 3 or 4 and worth a ceiling at most; the claim opens neither.
 *
 * @param snapshot the newest published one.
 * @param ceiling micro-USD, 0 .. 2^83 - 1: `ceilingOf` the price that is paid.
 * @throws {BallastError} INVALID_INPUT for an account that is healthy or worth more; OUT_OF_RANGE, INVALID_SNAPSHOT,
 *   PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW; as `Prover.prove`.
 */
export async function proveCeiling(
  kit: ProofKit<CeilingCircuit>,
  snapshot: WitnessSnapshot,
  account: OpenAccount,
  ceiling: bigint,
  place: FactPlace,
): Promise<CeilingClaim> {
  const { circuit, key } = kit;
  const context = factContext("ceiling", place);
  const witness = ceilingWitness(circuit, snapshot, portfolioOf(account), account.salt, ceiling, context);
  const proof = await proveWitness(kit, witness);
  const { snapshotId } = snapshot;
  return { circuitId: key.circuitId, snapshotId, deadline: place.deadline, proof };
}

/**
 * Proves that an account is no riskier after a slice than before, and what it pays at most.
 *
 * @param after the account after the transfer that goes with it.
 * @param maxPenalty ppm of the margin that is freed: the parameter of the contract that takes the claim.
 * @throws {BallastError} INVALID_INPUT naming the rule that the slice breaks; INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE,
 *   UNKNOWN_INSTRUMENT, LOT_OVERFLOW, OUT_OF_RANGE; as `Prover.prove`.
 */
export async function proveReduction(
  kit: ProofKit<ReductionCircuit>,
  snapshot: WitnessSnapshot,
  before: OpenAccount,
  after: OpenAccount,
  maxPenalty: bigint,
  place: FactPlace,
): Promise<ReductionClaim> {
  const { circuit, key } = kit;
  const context = factContext("reduce", place);
  const { accountId } = before;
  const witness = reductionWitness(circuit, snapshot, { accountId, before, after, maxPenalty, context });
  const proof = await proveWitness(kit, witness);
  const { snapshotId } = snapshot;
  return { circuitId: key.circuitId, snapshotId, deadline: place.deadline, proof };
}

/**
 * Proves an account's tier, for an attestation of what it holds, or will hold after a transfer.
 *
 * @param place the coverage registry's context, and the deadline that is in it.
 * @throws {BallastError} INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW; as `Prover.prove`.
 */
export async function proveTier(
  kit: ProofKit<CoverageCircuit>,
  snapshot: WitnessSnapshot,
  account: OpenAccount,
  { context, deadline }: { readonly context: Field; readonly deadline: bigint },
): Promise<AttestableClaim> {
  const { circuit, key } = kit;
  const witness = coverageWitness(circuit, snapshot, portfolioOf(account), account.salt, context);
  const proof = await proveWitness(kit, witness);
  const { accountId, commitment, tier } = witness.signals;
  const { snapshotId } = snapshot;
  return { circuitId: key.circuitId, snapshotId, deadline, accountId, commitment, tier: Number(tier), proof };
}

/** A witness's proof. @throws {BallastError} as `Prover.prove`. */
export function proveWitness(
  { prover, circuit, key, onProgress }: ProofKit<CircuitInstance>,
  witness: { readonly inputs: CircuitInputs; readonly publicSignals: readonly Field[] },
): Promise<Groth16Proof> {
  const { inputs, publicSignals } = witness;
  return prover.prove({ circuit, key, inputs, publicSignals }, onProgress);
}
