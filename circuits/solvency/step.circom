pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "math/range.circom";
include "solvency/state.circom";

// From a run's state to the next: the batch's share is added element by element (Added says why nothing wraps).
//
// salt, zeta, added, second   as in State (solvency/state.circom)
// batchIndex                  0 for the first batch; isLast: 1 for the last
// share                       what the batch adds (BatchShare)
// stateIn, stateOut           the hidden states before and after
//
// SOUNDNESS: the first batch starts from zero, whatever the state before it hides. A state that has ended is the
// stateIn of no batch, since `ended` enters stateIn as 0.

template Step(SCENARIOS, UNDERLYINGS) {
    var ADDED = addedWidth(SCENARIOS, UNDERLYINGS);
    signal input salt;
    signal input zeta;
    signal input batchIndex;
    signal input {binary} isLast;
    signal input added[ADDED];
    signal input share[ADDED];
    signal input second[SCENARIOS + 1];
    signal output stateIn;
    signal output stateOut;

    // 1. The first batch starts from zero.
    signal isFirst <== IsZero()(batchIndex);
    for (var i = 0; i < ADDED; i++) {
        isFirst * added[i] === 0;
    }

    // 2. The state before.
    component claim = Pack(SCENARIOS + 1, SHORTFALL_BITS(), SHORTFALLS_PER_ELEMENT());
    claim.value <== second;
    component before = State(SCENARIOS, UNDERLYINGS);
    before.salt <== salt;
    before.zeta <== zeta;
    before.batches <== batchIndex;
    before.ended <== 0;
    before.added <== added;
    before.second <== claim.packed;
    stateIn <== before.out;

    // 3. The state after.
    component after = State(SCENARIOS, UNDERLYINGS);
    after.salt <== salt;
    after.zeta <== zeta;
    after.batches <== batchIndex + 1;
    after.ended <== isLast;
    for (var i = 0; i < ADDED; i++) {
        after.added[i] <== added[i] + share[i];
    }
    after.second <== claim.packed;
    stateOut <== after.out;
}

// The shares of a batch's accounts, together.
template BatchShare(ACCOUNTS, SCENARIOS, UNDERLYINGS) {
    var STATES = SCENARIOS + 1;
    signal input netting[ACCOUNTS];
    signal input {binary} tierIs[ACCOUNTS][TIERS()];
    signal input demand[ACCOUNTS][3 * UNDERLYINGS];
    signal input shortfall[ACCOUNTS][STATES];
    signal input largest[STATES];
    signal input largestMarks[STATES];
    signal input secondMarks[STATES];
    signal output packed[addedWidth(SCENARIOS, UNDERLYINGS)];

    component all = Added(SCENARIOS, UNDERLYINGS);
    var net = 0;
    for (var a = 0; a < ACCOUNTS; a++) {
        net += netting[a];
    }
    all.netting <== net;
    for (var k = 0; k < TIERS(); k++) {
        var count = 0;
        for (var a = 0; a < ACCOUNTS; a++) {
            count += tierIs[a][k];
        }
        all.tiers[k] <== count;
    }
    for (var g = 0; g < 3 * UNDERLYINGS; g++) {
        var sum = 0;
        for (var a = 0; a < ACCOUNTS; a++) {
            sum += demand[a][g];
        }
        all.demand[g] <== sum;
    }
    for (var s = 0; s < STATES; s++) {
        var sum = 0;
        for (var a = 0; a < ACCOUNTS; a++) {
            sum += shortfall[a][s];
        }
        all.shortfall[s] <== sum;
    }
    all.largest <== largest;
    all.largestMarks <== largestMarks;
    all.secondMarks <== secondMarks;
    packed <== all.packed;
}
