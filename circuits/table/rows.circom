pragma circom 2.2.3;

// Every row of the public table collapses to one number for each side:
//   collapsed(n)  = sum_e beta^(e+1) * T[n][e]
//   long_n        = longCharge_n  + collapsed(n)
//   short_n       = shortCharge_n - collapsed(n)
// The charge sits at beta^0, which saves one product a row.
//
// table      ROWS x (ELEMENTS + 3): packed lanes, longCharge, shortCharge, instrumentId; public
// id         the row's instrument; 0 in rows that fill up the table

template Rows(ROWS, ELEMENTS) {
    signal input table[ROWS][ELEMENTS + 3];
    signal input beta;
    signal output long[ROWS];
    signal output short[ROWS];
    signal output id[ROWS];

    signal horner[ROWS][ELEMENTS];
    signal collapsed[ROWS];
    for (var n = 0; n < ROWS; n++) {
        horner[n][0] <== table[n][ELEMENTS - 1];
        for (var e = 1; e < ELEMENTS; e++) {
            horner[n][e] <== horner[n][e - 1] * beta + table[n][ELEMENTS - 1 - e];
        }
        collapsed[n] <== horner[n][ELEMENTS - 1] * beta;
        long[n] <== table[n][ELEMENTS] + collapsed[n];
        short[n] <== table[n][ELEMENTS + 1] - collapsed[n];
        id[n] <== table[n][ELEMENTS + 2];
    }
}
