pragma circom 2.2.3;

include "coverage/coverage.circom";

component main {public [table, snapshotId, policy, accountId, commitment, tier, context]} =
    Coverage(4, 8, 5, 2);
