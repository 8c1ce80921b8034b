pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "solvency/batch.circom";
component main {public [table, snapshotId, policy, accountsRoot, batchIndex, stateIn, stateOut, context]} = SolvencyBatch(8, 32, 120, 35, 2, 20);
