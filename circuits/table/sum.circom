pragma circom 2.2.3;

include "table/shape.circom";

// sum_i quantity_i * x_i === C + sum_e beta^(e+1) * P_e
//
// quantity   lots, ranged; value: the slot's collapsed row by its side; sums: the packed portfolio sums
//
// SOUNDNESS: quantities (in the commitment), sums and C are fixed before beta. With x_i the collapsed rows,
// both sides are polynomials in beta of degree ELEMENTS; they agree at a random beta, except with
// probability ELEMENTS/p, only if every P_e is the signed sum of the rows' elements and C that of the charges.

template PortfolioSum(SLOTS, ELEMENTS) {
    signal input {max} quantity[SLOTS];
    signal input value[SLOTS];
    signal input sums[ELEMENTS];
    signal input charges;
    signal input beta;

    signal product[SLOTS];
    var left = 0;
    for (var i = 0; i < SLOTS; i++) {
        product[i] <== quantity[i] * value[i];
        left += product[i];
    }

    signal horner[ELEMENTS];
    horner[0] <== sums[ELEMENTS - 1];
    for (var e = 1; e < ELEMENTS; e++) {
        horner[e] <== horner[e - 1] * beta + sums[ELEMENTS - 1 - e];
    }
    signal collapsed <== horner[ELEMENTS - 1] * beta;
    left === charges + collapsed;
}
