pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "coverage/ceiling.circom";
component main {public [table, snapshotId, policy, accountId, commitment, ceiling, context]} = Ceiling(64, 240, 35, 2);
