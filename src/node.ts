/**
 * Ballast's Node side: files, keys, proving, trees of accounts, deploying. Everything else is in `ballast`.
 *
 * @packageDocumentation
 */

export { type CoverageJob, type Destination, proveCoverage } from "./actions/coverage/prove.ts";
export type { AccountPlace, FileQuestion } from "./actions/liquidation/accounts-file.ts";
export { FileAccounts } from "./actions/liquidation/accounts-file.ts";
export { FileBid } from "./actions/liquidation/bid-file.ts";
export { type DeskOptions, withDesk } from "./actions/node/desk.ts";
export { type RunSolvencyOptions, runSolvency } from "./actions/node/run-solvency.ts";
export { tablePointsHere } from "./actions/node/table-points.ts";
export { loadDeployment, saveDeployment } from "./chain/deploy/deployment-file.ts";
export { type DeployOptions, deployBallast } from "./chain/deploy/node/deploy.ts";
export type { VerifierSpec } from "./chain/deploy/node/verifier-code.ts";
export { type AccountFile, loadAccount, saveAccount } from "./liquidation/account-file.ts";
export { type LiquidationCircuits, liquidationCircuits } from "./liquidation/circuits.ts";
export { type LoadOptions, loadChain } from "./market/chain-file.ts";
export { loadInclusion, saveInclusion } from "./portfolio/inclusion-file.ts";
export type { Account } from "./portfolio/merkle.ts";
export type { Opening } from "./portfolio/opening.ts";
export { loadOpening, openingFor } from "./portfolio/opening-file.ts";
export { loadPortfolio } from "./portfolio/portfolio-file.ts";
export { type LoadKeyOptions, loadKey } from "./prover/keys/load-key.ts";
export { type SetupDevOptions, setupDev } from "./prover/keys/setup-dev.ts";
export { createProver, type ProverOptions } from "./prover/node/prover.ts";
export { loadProofFile, saveProofFile } from "./prover/proof-file.ts";
export type { LoadedKey, ProofJob, ProveRequest, Prover } from "./prover/prover.ts";
export { loadVerifyingKey, type VerifyingKeyFile } from "./prover/verifying-key-file.ts";
export { loadHighs } from "./risk/path/highs.ts";
export { loadPolicy } from "./risk/policy-file.ts";
export { loadSnapshot, saveSnapshot } from "./risk/snapshot-file.ts";
export { PublicRunFolder } from "./solvency/node/folder.ts";
export { type BuildOptions, buildTree } from "./tree/build.ts";
export { proveInclusion } from "./tree/inclusion.ts";
export { AccountTree } from "./tree/tree.ts";
