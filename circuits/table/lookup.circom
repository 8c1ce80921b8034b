pragma circom 2.2.3;

// Membership of every slot's (key, value) in the table, by logarithmic derivatives:
//   sum_i 1/(alpha - key_i - gamma*x_i)
//     === empty/alpha + sum_n long_n/(alpha - longKey_n - gamma*longValue_n) + the same for short sides
//
// alpha, gamma are hashed over keys (in the commitment), values x_i, used bits and, through beta, the rows.
//
// SOUNDNESS: key_i, x_i, the used bits and the rows are fixed before alpha and gamma. As rational
// functions of alpha the sides agree only if every pole has the same residue. Left residues are counts of at
// most 128 < p slots, right ones are sums of used bits; so each slot's key_i + gamma*x_i is one of a used row
// and, gamma being random too, (key_i, x_i) is that row's pair, or the empty (0, 0). Row ids are distinct
// (checked where the snapshot is published), so a bit allows one slot: no (instrument, side) stands twice.
// Two different rational functions of this degree agree with probability below 2^11 / p at a random alpha.

template Lookup(SLOTS, ROWS) {
    signal input key[SLOTS];
    signal input value[SLOTS];
    signal input {binary} usedLong[ROWS];
    signal input {binary} usedShort[ROWS];
    signal input empty;
    signal input longKey[ROWS];
    signal input longValue[ROWS];
    signal input shortKey[ROWS];
    signal input shortValue[ROWS];
    signal input alpha;
    signal input gamma;

    signal slotDenominator[SLOTS];
    signal slotTerm[SLOTS];
    var left = 0;
    for (var i = 0; i < SLOTS; i++) {
        slotDenominator[i] <== alpha - key[i] - gamma * value[i];
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
        longDenominator[n] <== alpha - longKey[n] - gamma * longValue[n];
        longTerm[n] <-- longDenominator[n] == 0 ? 0 : usedLong[n] / longDenominator[n];
        // SOUNDNESS: unique unless the denominator is zero. That needs alpha to hit one of 2*ROWS values
        // fixed before it: probability 2*ROWS/p, and a bit set there would have no solution at all.
        longTerm[n] * longDenominator[n] === usedLong[n];

        shortDenominator[n] <== alpha - shortKey[n] - gamma * shortValue[n];
        shortTerm[n] <-- shortDenominator[n] == 0 ? 0 : usedShort[n] / shortDenominator[n];
        // SOUNDNESS: as for the long side.
        shortTerm[n] * shortDenominator[n] === usedShort[n];

        right += longTerm[n] + shortTerm[n];
    }

    left === right;
}
