/**
 * Ballast, as far as it runs in a browser: markets, margin, portfolios, witnesses, verification, reading the chain. Files, keys and
 * proving are in `ballast/node`.
 *
 * @packageDocumentation
 */

export {
  type Check,
  type CheckedProof,
  type CheckProofOptions,
  checkProof,
} from "./actions/coverage/check.ts";
export { chooseInstance } from "./actions/coverage/prove.ts";
export { type ChainReader, connectReader, type Patience } from "./chain/client.ts";
export {
  type Attestation,
  type AttestedEvent,
  type CoverageReader,
  isAttested,
} from "./chain/coverage/attestation.ts";
export { type CoverageContext, coverageContext } from "./chain/coverage/context.ts";
export { viemReader } from "./chain/coverage/read.ts";
export { type Deployment, parseDeployment } from "./chain/deploy/deployment.ts";
export type { OnChainRun, SolvencyAttestation, SolvencyReader } from "./chain/solvency/attestation.ts";
export { viemSolvencyReader } from "./chain/solvency/read.ts";
export { BallastError, type BallastErrorOptions, type ErrorCode } from "./errors.ts";
export type { MarketChain } from "./market/chain.ts";
export type { ImportOptions } from "./market/importers/assemble.ts";
export {
  type BallastChainOptions,
  exportBallastChain,
  importBallastChain,
} from "./market/importers/ballast.ts";
export { importBookSummary } from "./market/importers/deribit.ts";
export type { Instrument } from "./market/instruments.ts";
export { type RollOverOptions, rollOver } from "./market/roll-over.ts";
export { type SampleShock, sampleChain } from "./market/sample.ts";
export { type Field, formatField, parseField } from "./math/field.ts";
export { type Commitment, commit, randomSalt } from "./portfolio/commitment.ts";
export { accountIdOf, parsePortfolio } from "./portfolio/format.ts";
export {
  type InclusionProof,
  openInclusion,
  type ProvenInclusion,
  parseInclusion,
  wrongNames,
} from "./portfolio/inclusion.ts";
export { type Portfolio, type Slot, slotsOf } from "./portfolio/portfolio.ts";
export {
  type BatchCircuit,
  type CircuitInstance,
  type CoverageCircuit,
  instanceOf,
  listInstances,
  type ReportCircuit,
  type Statement,
  type TableCircuit,
} from "./prover/circuits.ts";
export type { G1Point, G2Point } from "./prover/curve.ts";
export type { Groth16Proof } from "./prover/proof.ts";
export { encodeProofFile, type ProofFile, parseProofFile } from "./prover/proof-format.ts";
export { tablePoint } from "./prover/table-point.ts";
export { verifyProof, verifyWithTablePoint } from "./prover/verify.ts";
export { fromSnarkjsJson, type VerifyingKey } from "./prover/verifying-key.ts";
export type { Ladder, Level } from "./risk/path/ladder.ts";
export { DEFAULT_COSTS, type MarketCosts, marketLadders } from "./risk/path/market-ladders.ts";
export { liquidationPath } from "./risk/path/path.ts";
export type { Programme, Solution, Solver } from "./risk/path/programme.ts";
export type { FoundPath, NoPath, PathSlice, PathState, PathTarget, PathTask } from "./risk/path/task.ts";
export { type Policy, PRESET_NAMES, parsePolicy, presetPolicy } from "./risk/policy.ts";
export { type MarginReport, marginReport } from "./risk/report.ts";
export type { Holding, Tier } from "./risk/requirement.ts";
export { checkRollOver, quotesOf, registryOf } from "./risk/roll-over.ts";
export type { Shape } from "./risk/shape.ts";
export {
  buildSnapshot,
  decodeSnapshot,
  encodeSnapshot,
  type Snapshot,
  type SnapshotOptions,
} from "./risk/snapshot.ts";
export { loadRun, type ReadRunFile } from "./solvency/load-run.ts";
export type { BatchFile, PublicRun, ReportFile, RunFile } from "./solvency/run-format.ts";
export { type RunCheck, type VerifiedRun, type VerifyRunOptions, verifyRun } from "./solvency/verify.ts";
export { type CoverageSignals, type CoverageWitness, coverageWitness } from "./witness/coverage.ts";
export { cachedSignals } from "./witness/table.ts";
