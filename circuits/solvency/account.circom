pragma circom 2.2.3;

include "margin/portfolio.circom";
include "margin/tier.circom";
include "math/signed.circom";
include "portfolio/account-tree.circom";
include "portfolio/opened.circom";
include "portfolio/slots.circom";
include "solvency/shortfall.circom";
include "table/claims.circom";
include "table/shape.circom";

// One place of the accounts tree: an account with its portfolio, its tier, its shortfalls and what a liquidation
// engine would have to hedge; or no account, which adds nothing to anything.
//
// present     1 when an account stands here, else 0
// leaf        H("account", accountId, commitment), or 0
// ranged      the slots, tagged
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
    input MarginPolicy(UNDERLYINGS) rules;    // ranged once for the batch

    signal output leaf;
    output RangedSlots(SLOTS) ranged;
    signal output sums[elementCount(SCENARIOS, UNDERLYINGS)];
    signal output {max} rangedCharges;
    signal output claims[claimWidth(SCENARIOS, UNDERLYINGS)];
    signal output {binary} tierIs[5];
    signal output {max} demand[3 * UNDERLYINGS];
    signal output {max} shortfall[SCENARIOS + 1];

    // 1. The portfolio, its claims and its requirement.
    component portfolio = StressedPortfolio(SLOTS, SCENARIOS, UNDERLYINGS, ACCOUNT_WINDOW());
    portfolio.accountId <== accountId;
    portfolio.salt <== salt;
    portfolio.quantity <== quantity;
    portfolio.id <== id;
    portfolio.isShort <== isShort;
    portfolio.lanes <== lanes;
    portfolio.worstLoss <== worstLoss;
    portfolio.charges <== charges;
    portfolio.rules <== rules;
    ranged <== portfolio.ranged;
    sums <== portfolio.sums;
    rangedCharges.max = portfolio.rangedCharges.max;
    rangedCharges <== portfolio.rangedCharges;
    component claim = Claims(SCENARIOS, UNDERLYINGS);
    claim.lanes <== lanes;
    claim.charges <== charges;
    claims <== claim.packed;

    // 2. The leaf.
    component hashed = AccountLeaf();
    hashed.accountId <== accountId;
    hashed.commitment <== portfolio.commitment;
    signal {binary} isHere <== Bit()(present);
    leaf <== isHere * hashed.out;
    // SOUNDNESS: the sum of the ids is zero only for empty slots (IdSum). A place without an account has no positions, no
    // equity, no losses.
    component ids = IdSum(SLOTS);
    ids.id <== portfolio.ranged.id;
    (1 - isHere) * ids.sum === 0;

    // 3. The shortfall in each state, and the tier.
    component uncovered = Shortfall(SCENARIOS, ACCOUNT_WINDOW());
    uncovered.equity <== portfolio.equity;
    uncovered.equityIsNegative <== portfolio.equityIsNegative;
    for (var s = 0; s < SCENARIOS; s++) {
        uncovered.pnl[s] <== lanes[1 + s];
    }
    shortfall.max = 1 << ACCOUNT_WINDOW();
    shortfall <== uncovered.shortfall;
    component result = Tier();
    result.equity <== portfolio.equity;
    result.equityIsNegative <== portfolio.equityIsNegative;
    result.margin <== portfolio.margin;
    result.threshold <== rules.threshold;

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
    demand.max = portfolio.exposure.max;
    for (var g = 0; g < 3 * UNDERLYINGS; g++) {
        demand[g] <== Product()(portfolio.exposure[g], engaged);
    }
}
