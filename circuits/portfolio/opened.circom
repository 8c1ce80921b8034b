pragma circom 2.2.3;

include "portfolio/commitment.circom";
include "portfolio/slots.circom";

// A portfolio with its commitment.
//
// quantity, id, isShort   the slots; an id may stand in more than one: sums are what counts
// ranged                  the slots once more, tagged
// commitment              H("portfolio", accountId, salt, packed slots)

template Opened(SLOTS) {
    signal input accountId;
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal output commitment;
    output RangedSlots(SLOTS) ranged;

    component slots = Slots(SLOTS);
    slots.quantity <== quantity;
    slots.id <== id;
    slots.isShort <== isShort;
    component opening = Commitment(SLOTS);
    opening.accountId <== accountId;
    opening.salt <== salt;
    opening.packed <== slots.packed;
    commitment <== opening.out;

    ranged <== slots.ranged;
}

// The sum of a portfolio's ids.
//
// SOUNDNESS: ids are below 2^20 and slots at most 128: the sum doesn't wrap, and is zero only if all ids are. A slot without
// an id is all zeros (Slots). So the sum is zero exactly for a portfolio of empty slots.
template IdSum(SLOTS) {
    signal input {max} id[SLOTS];
    signal output sum;

    assert(bitLength(SLOTS * id.max) <= MAX_BITS());
    var total = 0;
    for (var i = 0; i < SLOTS; i++) {
        total += id[i];
    }
    sum <== total;
}
