pragma circom 2.2.3;

include "transfer/deleverage.circom";

component main {public [
    accountId, oldCommitment, newCommitment, settlementId, instrumentId, isShort, closing, open, price, closed, context
]} = Deleverage(64);
