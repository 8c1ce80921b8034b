pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "coverage/ceiling.circom";
component main {public [table, snapshotId, policy, accountId, commitment, ceiling, context]} = Ceiling(4, 8, 5, 2);
