/**
 * Ballast's contracts by viem: reading, attesting, publishing. It runs in a browser; deploying is in `ballast/node`.
 *
 * @packageDocumentation
 */

export { type ChainClient, type ChainReader, connect, connectReader, type Patience } from "./client.ts";
export { attest, attestBatch, type CoverageClaim, claimOf } from "./coverage/attest.ts";
export {
  type Attestation,
  type AttestedEvent,
  type CoverageReader,
  isAttested,
} from "./coverage/attestation.ts";
export {
  type ClockParameters,
  type ClockState,
  type Entered,
  enterSnapshot,
  readClock,
  tryEnter,
} from "./coverage/clock.ts";
export { type CoverageContext, coverageContext } from "./coverage/context.ts";
export { viemReader } from "./coverage/read.ts";
export { verifyOnChain } from "./coverage/verify.ts";
export { type Deployment, parseDeployment } from "./deploy/deployment.ts";
export { coverageRegistryAbi } from "./generated/coverage-registry.ts";
export { liquidationEngineAbi } from "./generated/liquidation-engine.ts";
export { portfolioLedgerAbi } from "./generated/portfolio-ledger.ts";
export { snapshotOracleAbi } from "./generated/snapshot-oracle.ts";
export { solvencyRegistryAbi } from "./generated/solvency-registry.ts";
export { type BuildPointOptions, type BuiltPoint, buildPointOnChain } from "./snapshot/build-point.ts";
export { type Delivery, readDelivery, readDeliveryBook, recordDeliveries } from "./snapshot/delivery.ts";
export type { OracleDomain, TablePoint } from "./snapshot/oracle-messages.ts";
export {
  type OracleSignature,
  publishSnapshot,
  signSnapshot,
  snapshotPoint,
  type TimedSignature,
} from "./snapshot/publish.ts";
export type { OnChainRun, SolvencyAttestation, SolvencyReader } from "./solvency/attestation.ts";
export { viemSolvencyReader } from "./solvency/read.ts";
