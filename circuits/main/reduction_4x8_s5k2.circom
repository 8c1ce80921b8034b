pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "reduction/reduction.circom";
component main {public [table, snapshotId, policy, accountId, oldCommitment, newCommitment, maxPenalty, context]} = Reduction(4, 8, 5, 2);
