pragma circom 2.2.3;

include "math/hash.circom";
include "math/pack.circom";
include "solvency/shape.circom";

// The running state of a run, hidden behind a salt:
//   state = H("state", salt, zeta, batches, ended, added, packed second largest)
//
// salt      one for each run: hides the sums, which regulators see only as the report opens them
// zeta      the netting challenge: ties the state to one accounts root, one snapshot and one list of reserves
// batches   how many batches it holds, so that two states of a run never have the same preimage
// ended     1 after the last batch, else 0
// added     what adds up over the batches (addedWidth)
// second    the claimed second largest shortfalls, packed: constant over the run

template State(SCENARIOS, UNDERLYINGS) {
    var ADDED = addedWidth(SCENARIOS, UNDERLYINGS);
    var SECOND = packedShortfalls(SCENARIOS + 1);
    signal input salt;
    signal input zeta;
    signal input batches;
    signal input ended;
    signal input added[ADDED];
    signal input second[SECOND];
    signal output out;

    component h = Hash(HASH_STATE(), 4 + ADDED + SECOND, 1);
    h.in[0] <== salt;
    h.in[1] <== zeta;
    h.in[2] <== batches;
    h.in[3] <== ended;
    for (var i = 0; i < ADDED; i++) {
        h.in[4 + i] <== added[i];
    }
    for (var i = 0; i < SECOND; i++) {
        h.in[4 + ADDED + i] <== second[i];
    }
    out <== h.out[0];
}

// What a batch, or a whole run, adds: the parts of `added`, in their order.
//
// netting        Z's share, a field element
// tiers          accounts in tiers 0..4
// demand         |delta|, short gamma, |vega| for each underlying, of accounts in tier 2 or worse
// shortfall      total shortfall in each state
// largest        m1 in each state; largestMarks, secondMarks: how often they were marked
//
// SOUNDNESS: sums over at most 2^27 accounts stay in their windows: tiers 2^27 < 2^32; demand and shortfall at most
// 2^27 * 2^56 < 2^84; marks 2^27 < 2^28. m1 fits 58 bits where it was marked once, as the report demands: then all
// that was added to its window is one account's shortfall.

template Added(SCENARIOS, UNDERLYINGS) {
    var STATES = SCENARIOS + 1;
    var WIDTH = addedWidth(SCENARIOS, UNDERLYINGS);
    signal input netting;
    signal input tiers[TIERS()];
    signal input demand[3 * UNDERLYINGS];
    signal input shortfall[STATES];
    signal input largest[STATES];
    signal input largestMarks[STATES];
    signal input secondMarks[STATES];
    signal output packed[WIDTH];

    component tierPack = Pack(TIERS(), TIER_BITS(), TIERS());
    tierPack.value <== tiers;
    component demandPack = Pack(3 * UNDERLYINGS, TOTAL_BITS(), TOTALS_PER_ELEMENT());
    demandPack.value <== demand;
    component shortfallPack = Pack(STATES, TOTAL_BITS(), TOTALS_PER_ELEMENT());
    shortfallPack.value <== shortfall;
    component largestPack = Pack(STATES, SHORTFALL_BITS(), SHORTFALLS_PER_ELEMENT());
    largestPack.value <== largest;
    component largestMarkPack = Pack(STATES, MARK_BITS(), MARKS_PER_ELEMENT());
    largestMarkPack.value <== largestMarks;
    component secondMarkPack = Pack(STATES, MARK_BITS(), MARKS_PER_ELEMENT());
    secondMarkPack.value <== secondMarks;

    packed[0] <== netting;
    packed[1] <== tierPack.packed[0];
    var at = 2;
    for (var i = 0; i < packedTotals(3 * UNDERLYINGS); i++) {
        packed[at + i] <== demandPack.packed[i];
    }
    at += packedTotals(3 * UNDERLYINGS);
    for (var i = 0; i < packedTotals(STATES); i++) {
        packed[at + i] <== shortfallPack.packed[i];
    }
    at += packedTotals(STATES);
    for (var i = 0; i < packedShortfalls(STATES); i++) {
        packed[at + i] <== largestPack.packed[i];
    }
    at += packedShortfalls(STATES);
    for (var i = 0; i < packedMarks(STATES); i++) {
        packed[at + i] <== largestMarkPack.packed[i];
        packed[at + packedMarks(STATES) + i] <== secondMarkPack.packed[i];
    }
}
