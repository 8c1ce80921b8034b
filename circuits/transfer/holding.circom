pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "math/range.circom";
include "portfolio/slots.circom";

// The net holding of one instrument: the sum of signed lots over the slots with its id.
//
// slots          ranged
// instrumentId   any field element; of one that no slot can have, the holding is zero
// holding        lots, signed, at most SLOTS * (2^36 - 1) to either side

template Holding(SLOTS) {
    input RangedSlots(SLOTS) slots;
    signal input instrumentId;
    signal output {absmax} holding;

    assert(bitLength(SLOTS * slots.quantity.max) <= MAX_BITS());
    signal isHere[SLOTS];
    signal held[SLOTS];
    signal signedHeld[SLOTS];
    var total = 0;
    for (var i = 0; i < SLOTS; i++) {
        // SOUNDNESS: IsZero compares field elements, so ranges don't matter: its output is 1 exactly where the ids are equal.
        isHere[i] <== IsZero()(slots.id[i] - instrumentId);
        held[i] <== isHere[i] * slots.quantity[i];
        signedHeld[i] <== held[i] * (1 - 2 * slots.isShort[i]);
        total += signedHeld[i];
    }
    holding.absmax = SLOTS * slots.quantity.max;
    holding <== total;
}
