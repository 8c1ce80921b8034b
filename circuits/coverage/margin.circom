pragma circom 2.2.3;

include "margin/policy.circom";
include "margin/portfolio.circom";
include "margin/tier.circom";
include "math/hash.circom";
include "table/shape.circom";
include "table/used.circom";
include "table/valuation.circom";

// The portfolio behind `commitment` of `accountId`, valued and stressed by the table and margined by the policy: what
// the statements about one account have in common. Signals are those of Coverage.
//
// tier     0..4
// equity   micro-USD, signed: the table's value of the portfolio

template Margined(SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    var ELEMENTS = elementCount(SCENARIOS, UNDERLYINGS);

    signal input table[ROWS][ELEMENTS + 3];
    signal input snapshotId;
    signal input policy[policyWidth(UNDERLYINGS)];
    signal input accountId;
    signal input commitment;
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss;
    signal input charges;
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];
    signal output tier;
    signal output {absmax} equity;

    // 1. The portfolio, its claims and its requirement.
    component margin = Policy(UNDERLYINGS);
    margin.policy <== policy;
    component portfolio = StressedPortfolio(SLOTS, SCENARIOS, UNDERLYINGS, WINDOW_BITS());
    portfolio.accountId <== accountId;
    portfolio.salt <== salt;
    portfolio.quantity <== quantity;
    portfolio.id <== id;
    portfolio.isShort <== isShort;
    portfolio.lanes <== lanes;
    portfolio.worstLoss <== worstLoss;
    portfolio.charges <== charges;
    portfolio.rules <== margin.rules;
    portfolio.commitment === commitment;
    _ <== portfolio.exposure;

    // 2. Which sides of which rows it uses: one slot each at most.
    component used = UsedRows(SLOTS, ROWS);
    used.usedLong <== usedLong;
    used.usedShort <== usedShort;

    // 3. The claims are its sums under the table.
    component value = Valuation(
        1, SLOTS, ROWS, ELEMENTS, 1, ELEMENTS + 1, packedUsed(ROWS), HASH_BETA(), HASH_ALPHA()
    );
    value.table <== table;
    value.snapshotId <== snapshotId;
    value.roots <== [commitment];
    value.slots[0] <== portfolio.ranged;
    value.sums[0] <== portfolio.sums;
    value.charges[0] <== portfolio.rangedCharges;
    for (var e = 0; e < ELEMENTS; e++) {
        value.claims[0][e] <== portfolio.sums[e];
    }
    value.claims[0][ELEMENTS] <== portfolio.rangedCharges;
    value.use <== used.use;

    // 4. Tier.
    component result = Tier();
    result.equity <== portfolio.equity;
    result.equityIsNegative <== portfolio.equityIsNegative;
    result.margin <== portfolio.margin;
    result.threshold <== margin.rules.threshold;
    tier <== result.tier;
    equity.absmax = portfolio.equity.absmax;
    equity <== portfolio.equity;
}
