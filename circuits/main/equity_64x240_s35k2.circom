pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "coverage/equity.circom";
component main {public [table, snapshotId, policy, accountId, commitment, tier, equity, context]} = Equity(64, 240, 35, 2);
