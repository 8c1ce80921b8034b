pragma circom 2.2.3;

include "math/range.circom";

// What a transfer leaves to account A, by the public signal `rest`.
//
// rest   0 free: any portfolio, any salt; 1 whole: nothing but cash, in the open (Whole); 2 kept: its owner can derive it (Kept)

template Rest() {
    signal input rest;
    signal output {binary} isWhole;
    signal output {binary} isKept;

    // SOUNDNESS: with pair = rest*(rest - 1), pair/2 is a bit for rest = 0, 1, 2 and -1 alone, and rest - pair for the first three of
    // these alone: 0, 1 and 0; for -1 it is -3. So rest is 0, 1 or 2, and at most one of the outputs is 1.
    signal pair <== rest * (rest - 1);
    component kept = Bit();
    kept.value <== pair / 2;
    component whole = Bit();
    whole.value <== rest - pair;
    isKept <== kept.ranged;
    isWhole <== whole.ranged;
}
