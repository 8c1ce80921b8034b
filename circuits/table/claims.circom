pragma circom 2.2.3;

include "math/pack.circom";
include "table/shape.circom";

// The claims about an account where one proof is about several: its lanes and its charges, packed for the first challenge.

// Windows of an account's lanes and of its stressed equity, in bits of micro-USD: 72 billion USD. An account beyond
// that can't be proven.
function ACCOUNT_WINDOW() { return 56; }
// A signed lane, |lane| <= 2^56, and the distance of two of them: lanes packed this far apart are unique.
function SPACING_BITS() { return 58; }
function LANES_PER_CLAIM() { return 4; }

// Elements of the claims: the lanes, then the charges.
function claimWidth(SCENARIOS, UNDERLYINGS) {
    return (laneCount(SCENARIOS, UNDERLYINGS) + 1 + LANES_PER_CLAIM() - 1) \ LANES_PER_CLAIM();
}

// lanes    micro-USD, signed, |lane| <= 2^56; charges: micro-USD, < 2^56: Lanes and StressedPortfolio saw to it
// packed   four values to an element, 58 bits apart
//
// SOUNDNESS: any two lists differ by less than 2^58 in each window, so that one packed element stands for one list, as in
// table/lanes.circom.
template Claims(SCENARIOS, UNDERLYINGS) {
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input charges;
    signal output packed[claimWidth(SCENARIOS, UNDERLYINGS)];

    var LANES = laneCount(SCENARIOS, UNDERLYINGS);
    component pack = Pack(LANES + 1, SPACING_BITS(), LANES_PER_CLAIM());
    for (var l = 0; l < LANES; l++) {
        pack.value[l] <== lanes[l];
    }
    pack.value[LANES] <== charges;
    packed <== pack.packed;
}
