pragma circom 2.2.3;

include "coverage/margin.circom";
include "margin/layout.circom";
include "math/bind.circom";

// Proves: the portfolio behind `commitment` of `accountId`, valued and stressed by the public table and
// margined by the public policy, is in exactly `tier`. Nothing else about it is revealed.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - snapshotId is the collision-resistant hash of exactly this table and policy (the cached table point stands
//     for both). The challenges bind the table through snapshotId alone: whoever could bend a table after
//     its id is fixed, by a unit in a few lanes, could solve the sum check for a false portfolio sum;
//   - ids of the rows in use are distinct, lanes and charges below 2^39 (checked where a snapshot is published);
//   - context is the one of this chain, this registry and a deadline that hasn't passed;
//   - commitment is the account's current one.

template Coverage(SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    // PUBLIC, cached for a snapshot
    signal input table[ROWS][rowWidth(SCENARIOS, UNDERLYINGS)];   // packed lanes, longCharge, shortCharge, instrumentId
    signal input snapshotId;
    signal input policy[policyWidth(UNDERLYINGS)];
    // PUBLIC, for each proof
    signal input accountId;
    signal input commitment;
    signal input tier;                        // 0..4
    signal input context;                     // chain, registry and deadline

    // PRIVATE
    signal input salt;
    signal input quantity[SLOTS];             // lots, < 2^36
    signal input id[SLOTS];                   // instrument id, < 2^20; 0 for an empty slot
    signal input isShort[SLOTS];              // 0 or 1
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];   // summed lanes, micro-USD, signed
    signal input worstLoss;                   // W, micro-USD
    signal input charges;                     // C, micro-USD
    signal input usedLong[ROWS];              // which (row, side) pairs the slots use
    signal input usedShort[ROWS];

    // 1. The account, valued and margined, and its tier.
    component account = Margined(SLOTS, ROWS, SCENARIOS, UNDERLYINGS);
    account.table <== table;
    account.snapshotId <== snapshotId;
    account.policy <== policy;
    account.accountId <== accountId;
    account.commitment <== commitment;
    account.salt <== salt;
    account.quantity <== quantity;
    account.id <== id;
    account.isShort <== isShort;
    account.lanes <== lanes;
    account.worstLoss <== worstLoss;
    account.charges <== charges;
    account.usedLong <== usedLong;
    account.usedShort <== usedShort;
    _ <== account.equity;
    account.tier === tier;

    // 2. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
