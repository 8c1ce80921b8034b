pragma circom 2.2.3;

include "coverage/policy.circom";
include "coverage/requirement.circom";
include "coverage/tier.circom";
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
    var ELEMENTS = elementCount(SCENARIOS, UNDERLYINGS);
    var LANES = laneCount(SCENARIOS, UNDERLYINGS);

    // PUBLIC, cached for a snapshot
    signal input table[ROWS][ELEMENTS + 3];   // packed lanes, longCharge, shortCharge, instrumentId
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
    signal input lanes[LANES];                // summed lanes, micro-USD, signed
    signal input worstLoss;                   // W, micro-USD
    signal input charges;                     // C, micro-USD
    signal input usedLong[ROWS];              // which (row, side) pairs the slots use
    signal input usedShort[ROWS];

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
    result.tier === tier;

    // 9. The context enters a constraint, so no proof can be moved to another.
    signal contextSquared <== context * context;
    _ <== contextSquared;
}
