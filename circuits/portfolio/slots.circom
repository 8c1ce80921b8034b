pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "math/range.circom";

// A portfolio's slots, ranged and packed.
//
// quantity   lots, 0 <= quantity < 2^36
// id         instrument id, 0 <= id < 2^20; 0 is the empty slot, which is (0, 0, 0)
// isShort    0 long, 1 short
// packed     four slots to an element: quantity + id*2^36 + isShort*2^56, slot j of four shifted by 57*j

function QUANTITY_BITS() { return 36; }
function INSTRUMENT_BITS() { return 20; }
function SLOTS_PER_ELEMENT() { return 4; }

function packedSlots(SLOTS) {
    return (SLOTS + SLOTS_PER_ELEMENT() - 1) \ SLOTS_PER_ELEMENT();
}

template Slots(SLOTS) {
    assert(SLOTS >= 1 && SLOTS <= 128);
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal output {max} rangedQuantity[SLOTS];
    signal output {max} rangedId[SLOTS];
    signal output {binary} side[SLOTS];
    signal output packed[packedSlots(SLOTS)];

    var WIDTH = QUANTITY_BITS() + INSTRUMENT_BITS() + 1;
    var PER = SLOTS_PER_ELEMENT();
    assert(WIDTH * PER <= MAX_BITS());

    rangedQuantity.max = (1 << QUANTITY_BITS()) - 1;
    rangedId.max = (1 << INSTRUMENT_BITS()) - 1;
    component quantityRange[SLOTS];
    component idRange[SLOTS];
    component sideBit[SLOTS];
    signal isEmpty[SLOTS];
    var element[packedSlots(SLOTS)];
    for (var i = 0; i < SLOTS; i++) {
        quantityRange[i] = UnsignedRange(QUANTITY_BITS());
        quantityRange[i].value <== quantity[i];
        idRange[i] = UnsignedRange(INSTRUMENT_BITS());
        idRange[i].value <== id[i];
        sideBit[i] = Bit();
        sideBit[i].value <== isShort[i];

        rangedQuantity[i] <== quantityRange[i].ranged;
        rangedId[i] <== idRange[i].ranged;
        side[i] <== sideBit[i].ranged;

        // SOUNDNESS: quantity and side are ranged and their windows don't overlap: the sum is zero only if
        // both are. So a commitment opens to instruments of the table and nothing else.
        isEmpty[i] <== IsZero()(id[i]);
        isEmpty[i] * (quantity[i] + isShort[i] * (1 << QUANTITY_BITS())) === 0;

        // SOUNDNESS: every limb is ranged above and the limbs' windows don't overlap, so one packed
        // element stands for exactly one four slots (no forged limb: docs/threat-model.md, 1).
        var slot = quantity[i] + id[i] * (1 << QUANTITY_BITS())
            + isShort[i] * (1 << (QUANTITY_BITS() + INSTRUMENT_BITS()));
        element[i \ PER] += slot * (1 << (WIDTH * (i % PER)));
    }
    for (var e = 0; e < packedSlots(SLOTS); e++) {
        packed[e] <== element[e];
    }
}
