pragma circom 2.2.3;

include "math/range.circom";

// A portfolio's slots, ranged and packed.
//
// quantity   lots, 0 <= quantity < 2^36
// id         instrument id, 0 <= id < 2^20; 0 is the empty slot, which is (0, 0, 0)
// isShort    0 long, 1 short
// ranged     the same once more, tagged
// packed     four slots to an element: quantity + id*2^36 + isShort*2^56, slot j of four shifted by 57*j

function QUANTITY_BITS() { return 36; }
function INSTRUMENT_BITS() { return 20; }
function SLOTS_PER_ELEMENT() { return 4; }

function packedSlots(SLOTS) {
    return (SLOTS + SLOTS_PER_ELEMENT() - 1) \ SLOTS_PER_ELEMENT();
}

// Slots as gadgets read them, every value ranged.
bus RangedSlots(SLOTS) {
    signal {max} quantity[SLOTS];             // lots
    signal {max} id[SLOTS];                   // instrument id, 0 for an empty slot
    signal {binary} isShort[SLOTS];           // 0 long, 1 short
}

template Slots(SLOTS) {
    assert(SLOTS >= 1 && SLOTS <= 128);
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    output RangedSlots(SLOTS) ranged;
    signal output packed[packedSlots(SLOTS)];

    var WIDTH = QUANTITY_BITS() + INSTRUMENT_BITS() + 1;
    var PER = SLOTS_PER_ELEMENT();
    assert(WIDTH * PER <= MAX_BITS());

    ranged.quantity.max = (1 << QUANTITY_BITS()) - 1;
    ranged.id.max = (1 << INSTRUMENT_BITS()) - 1;
    component quantityRange[SLOTS];
    component idRange[SLOTS];
    component sideBit[SLOTS];
    signal inverse[SLOTS];
    signal isFilled[SLOTS];
    var element[packedSlots(SLOTS)];
    for (var i = 0; i < SLOTS; i++) {
        quantityRange[i] = UnsignedRange(QUANTITY_BITS());
        quantityRange[i].value <== quantity[i];
        idRange[i] = UnsignedRange(INSTRUMENT_BITS());
        idRange[i].value <== id[i];
        sideBit[i] = Bit();
        sideBit[i].value <== isShort[i];

        ranged.quantity[i] <== quantityRange[i].ranged;
        ranged.id[i] <== idRange[i].ranged;
        ranged.isShort[i] <== sideBit[i].ranged;

        // SOUNDNESS: where id is 0, isFilled is 0 whatever the inverse, and the second equation makes quantity and side
        // zero (they are ranged and their windows don't overlap). Where it isn't, the honest inverse makes isFilled 1;
        // another one only asks for an empty slot too. So a commitment opens to instruments and nothing else.
        inverse[i] <-- id[i] == 0 ? 0 : 1 / id[i];
        isFilled[i] <== id[i] * inverse[i];
        (1 - isFilled[i]) * (quantity[i] + isShort[i] * (1 << QUANTITY_BITS())) === 0;

        // SOUNDNESS: every limb is ranged above and the limbs' windows don't overlap, so one packed
        // element stands for exactly one four slots (no forged limb: docs/security/threat-model.md, 1).
        var slot = quantity[i] + id[i] * (1 << QUANTITY_BITS())
            + isShort[i] * (1 << (QUANTITY_BITS() + INSTRUMENT_BITS()));
        element[i \ PER] += slot * (1 << (WIDTH * (i % PER)));
    }
    for (var e = 0; e < packedSlots(SLOTS); e++) {
        packed[e] <== element[e];
    }
}
