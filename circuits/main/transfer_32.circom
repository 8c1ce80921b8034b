pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "transfer/transfer.circom";
component main {public [accountA, oldA, newA, accountB, oldB, newB, settlementId, cash, funding, rest, context]} = Transfer(32);
