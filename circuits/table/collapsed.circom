pragma circom 2.2.3;

// The hint for a slot's value: its collapsed row by its side, 0 for the empty slot and for ids the table doesn't have.
// A function, so that the compiler doesn't unroll SLOTS * ROWS comparisons.
function collapsedRow(id, isShort, rowId, long, short, ROWS) {
    var found = 0;
    for (var n = 0; n < ROWS; n++) {
        if (rowId[n] == id) {
            found = isShort == 1 ? short[n] : long[n];
        }
    }
    return found;
}
