pragma circom 2.2.3;

// Membership of every slot's (id, side, value) in the table, by logarithmic derivatives:
//   sum_i 1/(alpha - id_i - delta*isShort_i - gamma*x_i)
//     === empty/alpha + sum_n long_n/(alpha - rowId_n - gamma*longValue_n)
//                           + short_n/(alpha - rowId_n - delta - gamma*shortValue_n)      with delta = gamma^2
//
// id, isShort   the slots, ranged; value: x_i, the claimed collapsed rows
// rowId         the table's ids; distinct, zero rows aside
// usedLong, usedShort   how many slots use the row's side: at most one in a coverage proof, more in a batch
// empty         the multiplicity of the built-in empty entry (0, 0, 0)
//
// SOUNDNESS: slots (in the commitment), x_i, the used bits and the rows are fixed before alpha and gamma. As rational
// functions of alpha the sides agree only if every pole has the same residue. Left residues are counts of at
// most SLOTS < p slots, right ones are sums of used counts; so every slot's compressed triple is that of a used
// row. gamma is as random as alpha, and a triple is a polynomial in it of degree two: equal compressed triples are
// equal triples, whatever ids a table has. Row ids are distinct (checked where the snapshot is published), so a
// count of one allows one slot: where counts are bits, no (instrument, side) stands twice. Rows of zeros repeat the
// empty entry; their short side (0, 1, 0) matches no slot, since an empty slot is long.
// Two different rational functions of this degree agree with probability below 2^12 / p at random challenges.

template Lookup(SLOTS, ROWS) {
    signal input {max} id[SLOTS];
    signal input {binary} isShort[SLOTS];
    signal input value[SLOTS];
    signal input {max} usedLong[ROWS];
    signal input {max} usedShort[ROWS];
    signal input empty;
    signal input rowId[ROWS];
    signal input longValue[ROWS];
    signal input shortValue[ROWS];
    signal input alpha;
    signal input gamma;

    signal delta <== gamma * gamma;
    signal sideTerm[SLOTS];
    signal slotDenominator[SLOTS];
    signal slotTerm[SLOTS];
    var left = 0;
    for (var i = 0; i < SLOTS; i++) {
        sideTerm[i] <== delta * isShort[i];
        slotDenominator[i] <== alpha - id[i] - sideTerm[i] - gamma * value[i];
        slotTerm[i] <-- slotDenominator[i] == 0 ? 0 : 1 / slotDenominator[i];
        // SOUNDNESS: forces the inverse, and a denominator that isn't zero.
        slotTerm[i] * slotDenominator[i] === 1;
        left += slotTerm[i];
    }

    signal emptyTerm;
    emptyTerm <-- alpha == 0 ? 0 : empty / alpha;
    // SOUNDNESS: unique unless alpha = 0, an outcome of the hash with probability 1/p.
    emptyTerm * alpha === empty;

    signal longDenominator[ROWS];
    signal longTerm[ROWS];
    signal shortDenominator[ROWS];
    signal shortTerm[ROWS];
    var right = emptyTerm;
    for (var n = 0; n < ROWS; n++) {
        longDenominator[n] <== alpha - rowId[n] - gamma * longValue[n];
        longTerm[n] <-- longDenominator[n] == 0 ? 0 : usedLong[n] / longDenominator[n];
        // SOUNDNESS: unique unless the denominator is zero. That needs alpha to hit one of 2*ROWS values
        // fixed before it: probability 2*ROWS/p, and a count set there would have no solution at all.
        longTerm[n] * longDenominator[n] === usedLong[n];

        shortDenominator[n] <== alpha - rowId[n] - delta - gamma * shortValue[n];
        shortTerm[n] <-- shortDenominator[n] == 0 ? 0 : usedShort[n] / shortDenominator[n];
        // SOUNDNESS: as for the long side.
        shortTerm[n] * shortDenominator[n] === usedShort[n];

        right += longTerm[n] + shortTerm[n];
    }

    left === right;
}
