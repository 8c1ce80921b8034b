pragma circom 2.2.3;

// Which sides of the table's rows some slots use. Made by UsedRows (bits) or UsedCounts (counts), read by Valuation.
bus RowUse(ROWS, PACKED) {
    signal {max} long[ROWS];                  // slots that use the row's long side
    signal {max} short[ROWS];                 // slots that use its short side
    signal packed[PACKED];                    // both, for the first challenge
    signal empty;                             // slots that use no row
}
