pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "transfer/deleverage.circom";
component main {public [accountId, oldCommitment, newCommitment, settlementId, instrumentId, isShort, closing, open, price, closed, context]} = Deleverage(32);
