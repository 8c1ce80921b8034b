pragma circom 2.2.3;

include "math/range.circom";
include "math/signed.circom";

// A holder's part of a closing, rounded down: closed = floor(closing * q / open)
//
// q         lots the holder has on the side that is closed, ranged
// closing   lots to close in all; open: lots open among all holders of that side; 1 <= closing <= open < 2^64
// closed    the holder's part, 0 .. q

function OPEN_BITS() { return 64; }

template ShareDown() {
    signal input {max} q;
    signal input closing;
    signal input open;
    signal input closed;
    signal output {max} ranged;

    // 1. 1 <= closing <= open < 2^64.
    // SOUNDNESS: closing - 1, open and open - closing are in [0, 2^64); as integers closing = open - (open - closing), since
    // both sides are within 2^64 of 0.
    component closingRange = UnsignedRange(OPEN_BITS());
    closingRange.value <== closing - 1;
    component openRange = UnsignedRange(OPEN_BITS());
    openRange.value <== open;
    component leftRange = UnsignedRange(OPEN_BITS());
    leftRange.value <== open - closing;

    // 2. closing * q = closed * open + remainder, 0 <= remainder < open.
    // SOUNDNESS: closed has q's bits, so both products are below 2^(64 + bits) and their difference is the same in
    // the field and in the integers. A remainder in [0, open) leaves one quotient: the floor, at most q.
    var BITS = bitLength(q.max);
    assert(OPEN_BITS() + BITS + 1 <= MAX_BITS());
    component closedRange = UnsignedRange(BITS);
    closedRange.value <== closed;
    signal whole <== closing * q;
    signal taken <== closed * open;
    component remainderRange = UnsignedRange(OPEN_BITS());
    remainderRange.value <== whole - taken;
    component belowRange = UnsignedRange(OPEN_BITS());
    belowRange.value <== open - 1 - (whole - taken);

    _ <== closingRange.ranged;
    _ <== openRange.ranged;
    _ <== leftRange.ranged;
    _ <== remainderRange.ranged;
    _ <== belowRange.ranged;
    ranged.max = (1 << BITS) - 1;
    ranged <== closedRange.ranged;
}
