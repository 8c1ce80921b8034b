pragma circom 2.2.3;

include "math/bind.circom";
include "math/maximum.circom";
include "math/range.circom";
include "solvency/shape.circom";
include "solvency/state.circom";

// Proves: `state` is the end of a complete solvency run, and these are its results. Opens what regulators get, and
// nothing else.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - `state` is the stateOut of batch number `batches - 1` of this run, all of whose batches were verified for one
//     accounts root and one snapshot;
//   - zeta is the hash of this root, this snapshot and the list of reserves, and netting the sum over these of
//     reserve / (zeta - instrumentId): then every derivative nets to zero and every asset is exactly its reserve;
//   - context is the one of this chain, this registry and this run.

template SolvencyReport(SCENARIOS, UNDERLYINGS) {
    var STATES = SCENARIOS + 1;

    // PUBLIC
    signal input batches;
    signal input state;
    signal input tiers[TIERS()];              // accounts in tiers 0..4
    signal input currentShortfall;            // what accounts lack now, micro-USD
    signal input worstScenario;               // the first state with the largest total shortfall; 0: now
    signal input worstShortfall;              // that total, micro-USD
    signal input cover1Scenario;              // the first state in which the largest single shortfall is largest
    signal input cover1Shortfall;             // that shortfall, micro-USD
    signal input cover2Scenario;              // the first state in which the two largest shortfalls are largest
    signal input cover2Shortfall;             // their sum, micro-USD
    signal input demand[3 * UNDERLYINGS];     // |delta|, short gamma, |vega| of accounts in tier 2 or worse, micro-USD
    signal input netting;                     // Z
    signal input zeta;
    signal input context;

    // PRIVATE
    signal input runSalt;
    signal input shortfall[STATES];           // total in each state, micro-USD
    signal input largest[STATES];             // m1, micro-USD
    signal input second[STATES];              // m2, micro-USD

    // 1. Every number is in its window.
    // SOUNDNESS: Added says that the true sums are, so the packed elements under the hash have no other opening.
    component tierRange[TIERS()];
    for (var k = 0; k < TIERS(); k++) {
        tierRange[k] = UnsignedRange(TIER_BITS());
        tierRange[k].value <== tiers[k];
        _ <== tierRange[k].ranged;
    }
    component demandRange[3 * UNDERLYINGS];
    for (var g = 0; g < 3 * UNDERLYINGS; g++) {
        demandRange[g] = UnsignedRange(TOTAL_BITS());
        demandRange[g].value <== demand[g];
        _ <== demandRange[g].ranged;
    }
    component shortfallRange[STATES];
    component secondRange[STATES];
    component excessRange[STATES];
    component worst = FirstMaximum(STATES);
    component single = FirstMaximum(STATES);
    component cover = FirstMaximum(STATES);
    signal {max} total[STATES];
    signal {max} most[STATES];
    signal {max} pair[STATES];
    total.max = (1 << TOTAL_BITS()) - 1;
    most.max = (1 << SHORTFALL_BITS()) - 1;
    pair.max = (1 << (SHORTFALL_BITS() + 1)) - 1;
    for (var s = 0; s < STATES; s++) {
        shortfallRange[s] = UnsignedRange(TOTAL_BITS());
        shortfallRange[s].value <== shortfall[s];
        total[s] <== shortfallRange[s].ranged;
        // m1 >= m2 >= 0, and both below the 2^58 of their windows: m1 = m2 + excess. CoverTwo says why they are the two
        // largest.
        secondRange[s] = UnsignedRange(SHORTFALL_BITS() - 1);
        secondRange[s].value <== second[s];
        excessRange[s] = UnsignedRange(SHORTFALL_BITS() - 1);
        excessRange[s].value <== largest[s] - second[s];
        most[s] <== excessRange[s].ranged + secondRange[s].ranged;
        pair[s] <== excessRange[s].ranged + 2 * secondRange[s].ranged;
    }

    // 2. The worst state, and the worst for cover-1 and cover-2.
    currentShortfall === shortfall[0];
    worst.value <== total;
    worst.index === worstScenario;
    worst.maximum === worstShortfall;
    single.value <== most;
    single.index === cover1Scenario;
    single.maximum === cover1Shortfall;
    cover.value <== pair;
    cover.index === cover2Scenario;
    cover.maximum === cover2Shortfall;

    // 3. The state of a complete run: every shortfall was held against m2 but one a state, and m2 was attained once.
    component sums = Added(SCENARIOS, UNDERLYINGS);
    sums.netting <== netting;
    sums.tiers <== tiers;
    sums.demand <== demand;
    sums.shortfall <== shortfall;
    sums.largest <== largest;
    component claim = Pack(STATES, SHORTFALL_BITS(), SHORTFALLS_PER_ELEMENT());
    claim.value <== second;
    for (var s = 0; s < STATES; s++) {
        sums.largestMarks[s] <== 1;
        sums.secondMarks[s] <== 1;
    }
    component end = State(SCENARIOS, UNDERLYINGS);
    end.salt <== runSalt;
    end.zeta <== zeta;
    end.batches <== batches;
    end.ended <== 1;
    end.added <== sums.packed;
    end.second <== claim.packed;
    end.out === state;

    // 4. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
