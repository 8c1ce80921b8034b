pragma circom 2.2.3;

include "math/range.circom";
include "portfolio/slots.circom";
include "portfolio/netting.circom";

// Nothing is made or lost: for every instrument, the accounts' net holdings before, and what flows in from outside, are
// their net holdings after. With q the signed quantities:
//   sum_old q/(alpha - id) + sum_flows flow/(alpha - flowId) === sum_new q/(alpha - id)
//
// before, after   the accounts' slots, ranged
// flow            lots, signed: what enters from outside, negative what leaves
// flowId          of which instrument; not ranged: a flow of an id that no slot can have must be zero
// alpha           a hash over all of them: slots by their commitments, and every flow with its id that isn't a constant
//
// SOUNDNESS: everything in the equation is fixed before alpha. As a function of alpha, left less right has a pole at
// each id, whose residue is what was lost of that instrument: an integer below 2*ACCOUNTS*SLOTS*2^36 + FLOWS*absmax < p/2
// in magnitude (checked below), so zero in the field only if it is zero. The function is a fraction whose numerator has a
// degree below the number of poles, at most N = 2*ACCOUNTS*SLOTS + FLOWS: if a residue isn't zero, fewer than N values of alpha
// satisfy the equation, and N more are poles, where a term of zero lots is open. N <= 514: one guess succeeds with
// probability below 2^11 / p, so 2^100 guesses of salts with less than 2^-142.

// value/(alpha - at)
template Pole() {
    signal input {absmax} value;
    signal input at;
    signal input alpha;
    signal output term;

    term <-- alpha == at ? 0 : value / (alpha - at);
    // SOUNDNESS: one solution unless alpha is `at`, one value fixed before it. There a value other than 0 has none.
    term * (alpha - at) === value;
}

template Conservation(ACCOUNTS, SLOTS, FLOWS) {
    input RangedSlots(SLOTS) before[ACCOUNTS];
    input RangedSlots(SLOTS) after[ACCOUNTS];
    signal input {absmax} flow[FLOWS];
    signal input flowId[FLOWS];
    signal input alpha;

    assert(bitLength(2 * ACCOUNTS * SLOTS * (1 << QUANTITY_BITS()) + FLOWS * flow.absmax) <= MAX_BITS());
    assert(2 * ACCOUNTS * SLOTS + FLOWS <= 514);

    component old[ACCOUNTS];
    component new[ACCOUNTS];
    component pole[FLOWS];
    var left = 0;
    var right = 0;
    for (var a = 0; a < ACCOUNTS; a++) {
        old[a] = Netting(SLOTS);
        old[a].slots <== before[a];
        old[a].zeta <== alpha;
        new[a] = Netting(SLOTS);
        new[a].slots <== after[a];
        new[a].zeta <== alpha;
        left += old[a].out;
        right += new[a].out;
    }
    for (var f = 0; f < FLOWS; f++) {
        pole[f] = Pole();
        pole[f].value <== flow[f];
        pole[f].at <== flowId[f];
        pole[f].alpha <== alpha;
        left += pole[f].term;
    }
    left === right;
}
