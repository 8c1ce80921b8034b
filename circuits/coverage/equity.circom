pragma circom 2.2.3;

include "coverage/margin.circom";
include "margin/layout.circom";
include "math/bind.circom";

// Proves what Coverage proves, and opens the account's equity: the portfolio behind `commitment` of `accountId` is in
// exactly `tier` and is worth exactly `equity` under the public table. What a liquidation pays, and costs the funds,
// follows from such openings. Nothing else about the portfolio is revealed.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - snapshotId, table, policy and commitment: as for Coverage;
//   - context is the one of this chain, this ledger, this kind of fact and a deadline that hasn't passed;
//   - equity above p/2 stands for equity - p: the circuit leaves -2^83 .. 2^83 - 1.

template Equity(SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    // PUBLIC, cached for a snapshot
    signal input table[ROWS][rowWidth(SCENARIOS, UNDERLYINGS)];   // packed lanes, longCharge, shortCharge, instrumentId
    signal input snapshotId;
    signal input policy[policyWidth(UNDERLYINGS)];
    // PUBLIC, for each proof
    signal input accountId;
    signal input commitment;
    signal input tier;                        // 0..4
    signal input equity;                      // micro-USD, signed
    signal input context;                     // chain, ledger, kind and deadline

    // PRIVATE, as in Coverage
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss;
    signal input charges;
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];

    // 1. The account, valued and margined.
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

    // 2. Its tier and its equity.
    // SOUNDNESS: equity is the first lane, ranged within 2^83 and one with the slots through the sum check (Margined):
    // one field element for each signed amount, and neither sign nor unit to choose.
    account.tier === tier;
    account.equity === equity;

    // 3. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
