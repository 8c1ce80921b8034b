pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "membership/membership.circom";
component main {public [accountsRoot, accountId, commitment, context]} = Membership(4);
