pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "math/range.circom";

// The net holding of one instrument: the sum of signed lots over the slots with its id.
//
// quantity, id, isShort   the slots, ranged
// instrumentId            any field element; of one that no slot can have, the holding is zero
// holding                 lots, signed, at most SLOTS * (2^36 - 1) to either side

template Holding(SLOTS) {
    signal input {max} quantity[SLOTS];
    signal input {max} id[SLOTS];
    signal input {binary} isShort[SLOTS];
    signal input instrumentId;
    signal output {absmax} holding;

    assert(bitLength(SLOTS * quantity.max) <= MAX_BITS());
    signal isHere[SLOTS];
    signal held[SLOTS];
    signal signedHeld[SLOTS];
    var total = 0;
    for (var i = 0; i < SLOTS; i++) {
        // SOUNDNESS: IsZero compares field elements, so ranges don't matter: its output is 1 exactly where the ids are equal.
        isHere[i] <== IsZero()(id[i] - instrumentId);
        held[i] <== isHere[i] * quantity[i];
        signedHeld[i] <== held[i] * (1 - 2 * isShort[i]);
        total += signedHeld[i];
    }
    holding.absmax = SLOTS * quantity.max;
    holding <== total;
}
