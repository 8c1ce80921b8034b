pragma circom 2.2.3;

include "margin/policy.circom";
include "margin/requirement.circom";
include "portfolio/opened.circom";
include "portfolio/slots.circom";
include "table/lanes.circom";
include "table/shape.circom";

// A portfolio with its commitment, its claimed sums and the requirement that follows from them. The claims are true where
// Valuation (table/valuation.circom) holds for the same slots, sums and charges: the statement sees to it.
//
// quantity, id, isShort   the slots (portfolio/slots.circom)
// lanes, worstLoss        claimed sums (table/lanes.circom); charges: C, claimed, micro-USD, < 2^WINDOW
// rules                   the policy, ranged
// WINDOW                  bits of the windows of sums and charges
//
// commitment   H("portfolio", accountId, salt, packed slots)
// ranged       the slots, tagged
// sums         packed lanes, as the table packs them
// margin       maintenance requirement, scale 1e12
// equity       micro-USD, signed
// exposure     |delta|, short gamma, |vega| of each underlying, micro-USD

template StressedPortfolio(SLOTS, SCENARIOS, UNDERLYINGS, WINDOW) {
    signal input accountId;
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss;
    signal input charges;
    input MarginPolicy(UNDERLYINGS) rules;

    signal output commitment;
    output RangedSlots(SLOTS) ranged;
    signal output sums[elementCount(SCENARIOS, UNDERLYINGS)];
    signal output {max} rangedCharges;
    signal output {max} margin;
    signal output {absmax} equity;
    signal output {binary} equityIsNegative;
    signal output {max} exposure[3 * UNDERLYINGS];

    // 1. Commitment.
    component opened = Opened(SLOTS);
    opened.accountId <== accountId;
    opened.salt <== salt;
    opened.quantity <== quantity;
    opened.id <== id;
    opened.isShort <== isShort;
    commitment <== opened.commitment;
    ranged <== opened.ranged;

    // 2. Claims: sums and charges, in their windows.
    component lane = Lanes(SCENARIOS, UNDERLYINGS, WINDOW);
    lane.lanes <== lanes;
    lane.worstLoss <== worstLoss;
    sums <== lane.packed;
    equity.absmax = lane.equity.absmax;
    equity <== lane.equity;
    equityIsNegative <== lane.equityIsNegative;
    component chargesRange = UnsignedRange(WINDOW);
    chargesRange.value <== charges;
    rangedCharges.max = chargesRange.ranged.max;
    rangedCharges <== chargesRange.ranged;

    // 3. Requirement.
    component requirement = MaintenanceMargin(UNDERLYINGS);
    requirement.greeks <== lane.greeks;
    requirement.greekIsNegative <== lane.greekIsNegative;
    requirement.worstLoss <== lane.rangedWorstLoss;
    requirement.charges <== chargesRange.ranged;
    requirement.rules <== rules;
    margin.max = requirement.margin.max;
    margin <== requirement.margin;
    exposure.max = requirement.exposure.max;
    exposure <== requirement.exposure;
}
