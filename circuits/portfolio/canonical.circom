pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "math/range.circom";
include "portfolio/slots.circom";

// A portfolio in order: its positions by ascending id, each id in one slot and with lots, empty slots behind them.
//
// isOn    0: nothing is asked
// slots   ranged
//
// SOUNDNESS: such slots stand for one list of net holdings, and the list for one portfolio: which id stands where follows from
// the order, quantity and side from the sign of its one slot. Who knows the net holdings knows the slots.

template Canonical(SLOTS) {
    signal input {binary} isOn;
    input RangedSlots(SLOTS) slots;

    // 1. A slot without lots is empty, and nothing stands behind an empty one.
    // SOUNDNESS: a slot with lots has an id (Slots). Every product is an integer from 0 on, and all together are below
    // SLOTS * (2^20 + 1): their sum is zero only if each is.
    assert(bitLength(SLOTS) + INSTRUMENT_BITS() + 1 <= MAX_BITS());
    signal hasNone[SLOTS];
    signal idle[SLOTS];
    signal behind[SLOTS];
    var misplaced = 0;
    for (var i = 0; i < SLOTS; i++) {
        hasNone[i] <== IsZero()(slots.quantity[i]);
        idle[i] <== hasNone[i] * slots.id[i];
        misplaced += idle[i];
        _ <== slots.isShort[i];
    }
    behind[0] <== 0;
    for (var i = 1; i < SLOTS; i++) {
        behind[i] <== hasNone[i - 1] * (1 - hasNone[i]);
        misplaced += behind[i];
    }
    isOn * misplaced === 0;

    // 2. Ids ascend.
    // SOUNDNESS: ids are below 2^20. One that isn't above the id before it leaves a gap of -2^20 .. -1, which stands as p less a
    // number below 2^21: no witness has 20 bits of it.
    component gap[SLOTS];
    signal follows[SLOTS];
    signal distance[SLOTS];
    follows[0] <== 0;
    distance[0] <== 0;
    for (var i = 1; i < SLOTS; i++) {
        follows[i] <== isOn * (1 - hasNone[i]);
        distance[i] <== follows[i] * (slots.id[i] - slots.id[i - 1] - 1);
        gap[i] = UnsignedRange(INSTRUMENT_BITS());
        gap[i].value <== distance[i];
        _ <== gap[i].ranged;
    }
}
