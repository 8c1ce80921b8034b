pragma circom 2.2.3;

include "margin/requirement.circom";
include "margin/tier.circom";
include "math/pack.circom";
include "math/signed.circom";
include "portfolio/account-tree.circom";
include "portfolio/commitment.circom";
include "portfolio/slots.circom";
include "table/claims.circom";
include "solvency/shortfall.circom";
include "table/lanes.circom";

// One place of the accounts tree: an account with its portfolio, its tier, its shortfalls and what a liquidation
// engine would have to hedge; or no account, which adds nothing to anything.
//
// present     1 when an account stands here, else 0
// leaf        H("account", accountId, commitment), or 0
// sums        packed lanes as the table packs them; claims: the lanes and the charges packed for a hash
// tierIs      one-hot: tierIs[k] = 1 when the account is in tier k; all 0 without an account
// demand      for each underlying |delta|, short gamma, |vega|, micro-USD; 0 below tier 2
// shortfall   SCENARIOS + 1 states, micro-USD

template SolvencyAccount(SLOTS, SCENARIOS, UNDERLYINGS) {
    signal input present;
    signal input accountId;
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss;
    signal input charges;
    // the policy, ranged once for the batch
    signal input {max} moves[3 * UNDERLYINGS];
    signal input {max} stressWeight;
    signal input {max} concRate[UNDERLYINGS];
    signal input {max} freeDelta[UNDERLYINGS];
    signal input {max} freeGamma[UNDERLYINGS];
    signal input {max} threshold[3];

    signal output leaf;
    signal output {max} rangedQuantity[SLOTS];
    signal output {max} rangedId[SLOTS];
    signal output {binary} side[SLOTS];
    signal output sums[elementCount(SCENARIOS, UNDERLYINGS)];
    signal output {max} rangedCharges;
    signal output claims[claimWidth(SCENARIOS, UNDERLYINGS)];
    signal output {binary} tierIs[5];
    signal output {max} demand[3 * UNDERLYINGS];
    signal output {max} shortfall[SCENARIOS + 1];

    // 1. The commitment, and the leaf.
    component slots = Slots(SLOTS);
    slots.quantity <== quantity;
    slots.id <== id;
    slots.isShort <== isShort;
    rangedQuantity.max = (1 << QUANTITY_BITS()) - 1;
    rangedId.max = (1 << INSTRUMENT_BITS()) - 1;
    rangedQuantity <== slots.rangedQuantity;
    rangedId <== slots.rangedId;
    side <== slots.side;
    component opening = Commitment(SLOTS);
    opening.accountId <== accountId;
    opening.salt <== salt;
    opening.packed <== slots.packed;
    component hashed = AccountLeaf();
    hashed.accountId <== accountId;
    hashed.commitment <== opening.out;
    signal {binary} isHere <== Bit()(present);
    leaf <== isHere * hashed.out;

    // SOUNDNESS: ids are ranged, so their sum doesn't wrap and is zero only if all are; a slot without an id is all
    // zeros (Slots). A place without an account has no positions, no equity, no losses.
    var ids = 0;
    for (var i = 0; i < SLOTS; i++) {
        ids += slots.rangedId[i];
    }
    (1 - isHere) * ids === 0;

    // 2. Sums, charges and the shortfall in each state.
    component lane = Lanes(SCENARIOS, UNDERLYINGS, ACCOUNT_WINDOW());
    lane.lanes <== lanes;
    lane.worstLoss <== worstLoss;
    sums <== lane.packed;
    component chargesRange = UnsignedRange(ACCOUNT_WINDOW());
    chargesRange.value <== charges;
    rangedCharges.max = (1 << ACCOUNT_WINDOW()) - 1;
    rangedCharges <== chargesRange.ranged;
    // SOUNDNESS: lanes are within 2^56 to either side, charges below 2^56: any two lists differ by less than 2^58 in each
    // window, so that one packed element stands for one list, as in table/lanes.circom.
    component claim = Pack(laneCount(SCENARIOS, UNDERLYINGS) + 1, SPACING_BITS(), LANES_PER_CLAIM());
    for (var l = 0; l < laneCount(SCENARIOS, UNDERLYINGS); l++) {
        claim.value[l] <== lanes[l];
    }
    claim.value[laneCount(SCENARIOS, UNDERLYINGS)] <== charges;
    claims <== claim.packed;
    component uncovered = Shortfall(SCENARIOS, ACCOUNT_WINDOW());
    uncovered.equity <== lane.equity;
    uncovered.equityIsNegative <== lane.equityIsNegative;
    for (var s = 0; s < SCENARIOS; s++) {
        uncovered.pnl[s] <== lanes[1 + s];
    }
    shortfall.max = 1 << ACCOUNT_WINDOW();
    shortfall <== uncovered.shortfall;

    // 3. Requirement and tier.
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
    _ <== requirement.margin;
    component result = Tier();
    result.equity <== lane.equity;
    result.equityIsNegative <== lane.equityIsNegative;
    result.margin <== requirement.margin;
    result.threshold <== threshold;

    // 4. The tier, one-hot.
    // SOUNDNESS: five bits that sum to `present` and whose indices sum to the tier: with an account exactly one is
    // set, the tier's. Without one all are clear, and its tier, that of an empty portfolio, must be 0.
    signal bit[5];
    var total = 0;
    var index = 0;
    for (var k = 0; k < 5; k++) {
        bit[k] <-- present == 1 && result.tier == k ? 1 : 0;
        tierIs[k] <== Bit()(bit[k]);
        total += bit[k];
        index += k * bit[k];
    }
    total === isHere;
    index === result.tier;

    // 5. What is to be hedged at once when the engine takes the account over.
    signal {max} engaged;
    engaged.max = 1;
    engaged <== bit[2] + bit[3] + bit[4];
    demand.max = requirement.exposure.max;
    for (var g = 0; g < 3 * UNDERLYINGS; g++) {
        demand[g] <== Product()(requirement.exposure[g], engaged);
    }
}
