/**
 * Reading Ballast's contracts by ethers, an optional peer dependency.
 *
 * @packageDocumentation
 */

export type { Attestation, AttestedEvent, CoverageReader } from "./coverage/attestation.ts";
export { ethersReader } from "./ethers/coverage.ts";
export { ethersSolvencyReader } from "./ethers/solvency.ts";
export type { OnChainRun, SolvencyAttestation, SolvencyReader } from "./solvency/attestation.ts";
