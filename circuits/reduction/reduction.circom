pragma circom 2.2.3;

include "margin/policy.circom";
include "margin/portfolio.circom";
include "math/bind.circom";
include "math/hash.circom";
include "math/range.circom";
include "reduction/rules.circom";
include "table/claims.circom";
include "table/counts.circom";
include "table/shape.circom";
include "table/valuation.circom";

// Proves: going from the portfolio behind `oldCommitment` to the one behind `newCommitment` takes risk off the account,
// and costs it no more than a stated part of the margin that it frees. Under the public table and policy, margin, short
// gamma of each underlying and tier don't rise, and
//   1e18*max(0, E - E') <= maxPenalty * (margin - margin')       (reduction/rules.circom)
// Nothing else about the two is revealed.
//
// A portfolio beyond 72 billion USD in a lane, or with a side of an instrument in more slots than counts of two bits
// allow, can't be proven; one whose ids stand in one slot each always can.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - snapshotId, table, policy: as for Coverage; the policy's thresholds descend (checked where a snapshot is
//     published): the comparison of tiers relies on it;
//   - oldCommitment is the account's current one, newCommitment the one that a transfer proof leads to: this proof says
//     nothing about where positions went;
//   - what penalty is allowed;
//   - context is the one of this chain, this ledger, this kind of fact and a deadline that hasn't passed.

// A side of an instrument stands once in each portfolio, so a count of both is 2 at most.
function REDUCTION_COUNT_BITS() { return 2; }

template Reduction(SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    // PUBLIC, cached for a snapshot
    signal input table[ROWS][rowWidth(SCENARIOS, UNDERLYINGS)];   // packed lanes, longCharge, shortCharge, instrumentId
    signal input snapshotId;
    signal input policy[policyWidth(UNDERLYINGS)];
    // PUBLIC, for each proof
    signal input accountId;
    signal input oldCommitment;
    signal input newCommitment;
    signal input maxPenalty;                  // ppm of the margin that is freed, < 2^20
    signal input context;                     // chain, ledger, kind and deadline

    // PRIVATE: the old portfolio, then the new one
    signal input salt[2];
    signal input quantity[2][SLOTS];          // lots, < 2^36
    signal input id[2][SLOTS];                // instrument id, < 2^20; 0 for an empty slot
    signal input isShort[2][SLOTS];           // 0 or 1
    signal input lanes[2][laneCount(SCENARIOS, UNDERLYINGS)];   // summed lanes, micro-USD, signed
    signal input worstLoss[2];                // W, micro-USD
    signal input charges[2];                  // C, micro-USD
    signal input usedLong[ROWS];              // how many slots of both use a (row, side), 0..3
    signal input usedShort[ROWS];
    signal input isLevel[5];                  // a level between the two tiers, one-hot

    // 1. The portfolios, their claims and their requirements.
    component margin = Policy(UNDERLYINGS);
    margin.policy <== policy;
    component portfolio[2];
    component claim[2];
    for (var k = 0; k < 2; k++) {
        portfolio[k] = StressedPortfolio(SLOTS, SCENARIOS, UNDERLYINGS, ACCOUNT_WINDOW());
        portfolio[k].accountId <== accountId;
        portfolio[k].salt <== salt[k];
        portfolio[k].quantity <== quantity[k];
        portfolio[k].id <== id[k];
        portfolio[k].isShort <== isShort[k];
        portfolio[k].lanes <== lanes[k];
        portfolio[k].worstLoss <== worstLoss[k];
        portfolio[k].charges <== charges[k];
        portfolio[k].rules <== margin.rules;
        _ <== portfolio[k].equityIsNegative;
        claim[k] = Claims(SCENARIOS, UNDERLYINGS);
        claim[k].lanes <== lanes[k];
        claim[k].charges <== charges[k];
    }
    portfolio[0].commitment === oldCommitment;
    portfolio[1].commitment === newCommitment;

    // 2. The claims are their sums under the table, with one pair of challenges.
    component used = UsedCounts(2 * SLOTS, REDUCTION_COUNT_BITS(), ROWS);
    used.usedLong <== usedLong;
    used.usedShort <== usedShort;
    component value = Valuation(
        2, SLOTS, ROWS, elementCount(SCENARIOS, UNDERLYINGS), 2, claimWidth(SCENARIOS, UNDERLYINGS),
        packedCounts(REDUCTION_COUNT_BITS(), ROWS), HASH_REDUCTION(), HASH_BATCH_ALPHA()
    );
    value.table <== table;
    value.snapshotId <== snapshotId;
    value.roots <== [oldCommitment, newCommitment];
    value.use <== used.use;
    for (var k = 0; k < 2; k++) {
        value.slots[k] <== portfolio[k].ranged;
        value.sums[k] <== portfolio[k].sums;
        value.charges[k] <== portfolio[k].rangedCharges;
        value.claims[k] <== claim[k].packed;
    }

    // 3. The rules.
    component penaltyRange = UnsignedRange(PENALTY_BITS());
    penaltyRange.value <== maxPenalty;
    component rule = ReductionRules(UNDERLYINGS);
    for (var k = 0; k < 2; k++) {
        rule.margin[k] <== portfolio[k].margin;
        rule.equity[k] <== portfolio[k].equity;
        for (var u = 0; u < UNDERLYINGS; u++) {
            _ <== portfolio[k].exposure[3 * u];
            rule.shortGamma[k][u] <== portfolio[k].exposure[3 * u + 1];
            _ <== portfolio[k].exposure[3 * u + 2];
        }
    }
    rule.threshold <== margin.rules.threshold;
    rule.maxPenalty <== penaltyRange.ranged;
    rule.isLevel <== isLevel;

    // 4. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
