pragma circom 2.2.3;

include "margin/requirement.circom";
include "math/pack.circom";
include "table/claims.circom";
include "table/lanes.circom";
include "portfolio/opened.circom";

// One of the two portfolios: its commitment, its claimed sums, and what the rules compare of it.
//
// sums         packed lanes as the table packs them; claims: the lanes and the charges packed for a hash
// margin       maintenance requirement, scale 1e12
// equity       micro-USD, signed
// shortGamma   max(0, -G) of each underlying, micro-USD

template StressedPortfolio(SLOTS, SCENARIOS, UNDERLYINGS) {
    signal input accountId;
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss;
    signal input charges;
    // the policy, ranged once for both
    signal input {max} moves[3 * UNDERLYINGS];
    signal input {max} stressWeight;
    signal input {max} concRate[UNDERLYINGS];
    signal input {max} freeDelta[UNDERLYINGS];
    signal input {max} freeGamma[UNDERLYINGS];

    signal output commitment;
    signal output {max} rangedQuantity[SLOTS];
    signal output {max} rangedId[SLOTS];
    signal output {binary} side[SLOTS];
    signal output sums[elementCount(SCENARIOS, UNDERLYINGS)];
    signal output {max} rangedCharges;
    signal output claims[claimWidth(SCENARIOS, UNDERLYINGS)];
    signal output {max} margin;
    signal output {absmax} equity;
    signal output {max} shortGamma[UNDERLYINGS];

    // 1. Commitment.
    component opened = Opened(SLOTS);
    opened.accountId <== accountId;
    opened.salt <== salt;
    opened.quantity <== quantity;
    opened.id <== id;
    opened.isShort <== isShort;
    commitment <== opened.commitment;
    rangedQuantity.max = (1 << QUANTITY_BITS()) - 1;
    rangedId.max = (1 << INSTRUMENT_BITS()) - 1;
    rangedQuantity <== opened.rangedQuantity;
    rangedId <== opened.rangedId;
    side <== opened.side;

    // 2. Claims: sums and charges.
    component lane = Lanes(SCENARIOS, UNDERLYINGS, ACCOUNT_WINDOW());
    lane.lanes <== lanes;
    lane.worstLoss <== worstLoss;
    sums <== lane.packed;
    component chargesRange = UnsignedRange(ACCOUNT_WINDOW());
    chargesRange.value <== charges;
    rangedCharges.max = (1 << ACCOUNT_WINDOW()) - 1;
    rangedCharges <== chargesRange.ranged;
    // SOUNDNESS: one packed element stands for one list, as in solvency/account.circom.
    component claim = Pack(laneCount(SCENARIOS, UNDERLYINGS) + 1, SPACING_BITS(), LANES_PER_CLAIM());
    for (var l = 0; l < laneCount(SCENARIOS, UNDERLYINGS); l++) {
        claim.value[l] <== lanes[l];
    }
    claim.value[laneCount(SCENARIOS, UNDERLYINGS)] <== charges;
    claims <== claim.packed;

    // 3. Requirement, equity and short gamma.
    component requirement = MaintenanceMargin(UNDERLYINGS);
    requirement.greeks <== lane.greeks;
    requirement.greekIsNegative <== lane.greekIsNegative;
    requirement.worstLoss <== lane.rangedWorstLoss;
    requirement.charges <== chargesRange.ranged;
    requirement.moves <== moves;
    requirement.stressWeight <== stressWeight;
    requirement.concRate <== concRate;
    requirement.freeDelta <== freeDelta;
    requirement.freeGamma <== freeGamma;
    margin.max = requirement.margin.max;
    margin <== requirement.margin;
    equity.absmax = 1 << ACCOUNT_WINDOW();
    equity <== lane.equity;
    _ <== lane.equityIsNegative;
    shortGamma.max = 1 << ACCOUNT_WINDOW();
    for (var u = 0; u < UNDERLYINGS; u++) {
        _ <== requirement.exposure[3 * u];
        shortGamma[u] <== requirement.exposure[3 * u + 1];
        _ <== requirement.exposure[3 * u + 2];
    }
}
