pragma circom 2.2.3;

include "margin/policy.circom";
include "margin/requirement.circom";
include "margin/tier.circom";
include "portfolio/commitment.circom";
include "portfolio/slots.circom";
include "table/challenges.circom";
include "table/collapsed.circom";
include "table/lanes.circom";
include "table/lookup.circom";
include "table/rows.circom";
include "table/shape.circom";
include "table/sum.circom";
include "table/used.circom";

// The portfolio behind `commitment` of `accountId`, valued and stressed by the table and margined by the policy: what
// the statements about one account have in common. Signals are those of Coverage.
//
// tier     0..4
// equity   micro-USD, signed: the table's value of the portfolio

template Margined(SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    var ELEMENTS = elementCount(SCENARIOS, UNDERLYINGS);
    var LANES = laneCount(SCENARIOS, UNDERLYINGS);

    signal input table[ROWS][ELEMENTS + 3];
    signal input snapshotId;
    signal input policy[policyWidth(UNDERLYINGS)];
    signal input accountId;
    signal input commitment;
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal input lanes[LANES];
    signal input worstLoss;
    signal input charges;
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];
    signal output tier;
    signal output {absmax} equity;

    // 1. Commitment.
    component slots = Slots(SLOTS);
    slots.quantity <== quantity;
    slots.id <== id;
    slots.isShort <== isShort;
    component opening = Commitment(SLOTS);
    opening.accountId <== accountId;
    opening.salt <== salt;
    opening.packed <== slots.packed;
    opening.out === commitment;

    // 2. Claims: the sums, the charges, the used rows.
    component sums = Lanes(SCENARIOS, UNDERLYINGS, WINDOW_BITS());
    sums.lanes <== lanes;
    sums.worstLoss <== worstLoss;
    component chargesRange = UnsignedRange(WINDOW_BITS());
    chargesRange.value <== charges;
    component used = UsedRows(SLOTS, ROWS);
    used.usedLong <== usedLong;
    used.usedShort <== usedShort;

    // 3. First challenge, and every row collapsed by it.
    component first = FirstChallenge(ELEMENTS, packedUsed(ROWS));
    first.snapshotId <== snapshotId;
    first.commitment <== commitment;
    first.sums <== sums.packed;
    first.charges <== charges;
    first.used <== used.packed;
    component rows = Rows(ROWS, ELEMENTS);
    rows.table <== table;
    rows.beta <== first.beta;

    // 4. Slot values, and the second challenge.
    signal slotValue[SLOTS];
    for (var i = 0; i < SLOTS; i++) {
        slotValue[i] <-- collapsedRow(slots.rangedId[i], slots.side[i], rows.id, rows.long, rows.short, ROWS);
    }
    component second = SecondChallenge(HASH_ALPHA(), SLOTS);
    second.beta <== first.beta;
    second.slotValues <== slotValue;

    // 5. and 6. SOUNDNESS of slotValue: the lookup admits only the collapsed row of the slot's own id and side, with
    // a challenge hashed over all slot values; the sum then ties quantities and sums through beta.
    component total = PortfolioSum(SLOTS, ELEMENTS);
    total.quantity <== slots.rangedQuantity;
    total.value <== slotValue;
    total.sums <== sums.packed;
    total.charges <== charges;
    total.beta <== first.beta;

    component lookup = Lookup(SLOTS, ROWS);
    lookup.id <== slots.rangedId;
    lookup.isShort <== slots.side;
    lookup.value <== slotValue;
    lookup.usedLong <== used.long;
    lookup.usedShort <== used.short;
    lookup.empty <== used.empty;
    lookup.rowId <== rows.id;
    lookup.longValue <== rows.long;
    lookup.shortValue <== rows.short;
    lookup.alpha <== second.alpha;
    lookup.gamma <== second.gamma;

    // 7. and 8. Requirement and tier.
    component rules = Policy(UNDERLYINGS);
    rules.policy <== policy;
    component requirement = MaintenanceMargin(UNDERLYINGS);
    requirement.greeks <== sums.greeks;
    requirement.greekIsNegative <== sums.greekIsNegative;
    requirement.worstLoss <== sums.rangedWorstLoss;
    requirement.charges <== chargesRange.ranged;
    requirement.moves <== rules.moves;
    requirement.stressWeight <== rules.stressWeight;
    requirement.concRate <== rules.concRate;
    requirement.freeDelta <== rules.freeDelta;
    requirement.freeGamma <== rules.freeGamma;
    for (var g = 0; g < 3 * UNDERLYINGS; g++) {
        _ <== requirement.exposure[g];
    }
    component result = Tier();
    result.equity <== sums.equity;
    result.equityIsNegative <== sums.equityIsNegative;
    result.margin <== requirement.margin;
    result.threshold <== rules.threshold;
    tier <== result.tier;
    equity.absmax = 1 << WINDOW_BITS();
    equity <== sums.equity;
}
