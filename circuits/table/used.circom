pragma circom 2.2.3;

include "math/range.circom";
include "table/use.circom";

// The claim which sides of which rows the portfolio uses, as bits, packed for the first challenge.
//
// usedLong, usedShort   one bit for each row and side
// use                   the same, ranged; packed: 252 bits to an element, row n's long bit is bit 2n, its short bit 2n+1;
//                       empty: how many slots use no row, SLOTS - (bits set)

function USED_BITS_PER_ELEMENT() { return 252; }

function packedUsed(ROWS) {
    return (2 * ROWS + USED_BITS_PER_ELEMENT() - 1) \ USED_BITS_PER_ELEMENT();
}

template UsedRows(SLOTS, ROWS) {
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];
    output RowUse(ROWS, packedUsed(ROWS)) use;

    var PER = USED_BITS_PER_ELEMENT();
    use.long.max = 1;
    use.short.max = 1;
    component longBit[ROWS];
    component shortBit[ROWS];
    var element[packedUsed(ROWS)];
    var used = 0;
    for (var n = 0; n < ROWS; n++) {
        longBit[n] = Bit();
        longBit[n].value <== usedLong[n];
        use.long[n] <== longBit[n].ranged;
        shortBit[n] = Bit();
        shortBit[n].value <== usedShort[n];
        use.short[n] <== shortBit[n].ranged;

        // SOUNDNESS: 252 bits of a ranged packing are below p: one element, one set of bits.
        element[(2 * n) \ PER] += usedLong[n] * (1 << ((2 * n) % PER));
        element[(2 * n + 1) \ PER] += usedShort[n] * (1 << ((2 * n + 1) % PER));
        used += usedLong[n] + usedShort[n];
    }
    for (var e = 0; e < packedUsed(ROWS); e++) {
        use.packed[e] <== element[e];
    }
    // SOUNDNESS: the multiplicity of the built-in empty row is derived, never chosen: a free count
    // picked after alpha would satisfy any membership equation.
    use.empty <== SLOTS - used;
}
