pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "coverage/coverage.circom";
component main {public [table, snapshotId, policy, accountId, commitment, tier, context]} = Coverage(64, 240, 35, 2);
