pragma circom 2.2.3;

include "transfer/transfer.circom";

component main {public [
    accountA, oldA, newA, accountB, oldB, newB, settlementId, cash, funding, whole, context
]} = Transfer(4);
