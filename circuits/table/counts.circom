pragma circom 2.2.3;

include "math/range.circom";
include "table/use.circom";

// The claim how many slots of several portfolios use each side of each row, ranged and packed for the first challenge.
//
// usedLong, usedShort   0 .. 2^BITS - 1 slots for each row and side, of the SLOTS there are together
// use                   the same, ranged; packed: BITS to a count, as many as fit 251 bits to an element, row n's long count
//                       first; empty: how many slots use no row, SLOTS - (sum of counts)

function countBits(SLOTS) {
    return bitLength(SLOTS);
}

function packedCounts(BITS, ROWS) {
    var PER = MAX_BITS() \ BITS;
    return (2 * ROWS + PER - 1) \ PER;
}

template UsedCounts(SLOTS, BITS, ROWS) {
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];
    output RowUse(ROWS, packedCounts(BITS, ROWS)) use;

    var PER = MAX_BITS() \ BITS;
    use.long.max = (1 << BITS) - 1;
    use.short.max = (1 << BITS) - 1;
    component longRange[ROWS];
    component shortRange[ROWS];
    var element[packedCounts(BITS, ROWS)];
    var used = 0;
    for (var n = 0; n < ROWS; n++) {
        longRange[n] = UnsignedRange(BITS);
        longRange[n].value <== usedLong[n];
        use.long[n] <== longRange[n].ranged;
        shortRange[n] = UnsignedRange(BITS);
        shortRange[n].value <== usedShort[n];
        use.short[n] <== shortRange[n].ranged;

        // SOUNDNESS: ranged counts in windows that don't overlap, below 2^251 together: one element, one list.
        element[(2 * n) \ PER] += usedLong[n] * (1 << (BITS * ((2 * n) % PER)));
        element[(2 * n + 1) \ PER] += usedShort[n] * (1 << (BITS * ((2 * n + 1) % PER)));
        used += usedLong[n] + usedShort[n];
    }
    for (var e = 0; e < packedCounts(BITS, ROWS); e++) {
        use.packed[e] <== element[e];
    }
    // SOUNDNESS: derived, never chosen, as in table/used.circom.
    use.empty <== SLOTS - used;
}
