pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "empty/empty.circom";
component main {public [accountId, commitment, context]} = Empty(32);
