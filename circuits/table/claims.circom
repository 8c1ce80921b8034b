pragma circom 2.2.3;

include "table/shape.circom";

// Sizes of an account's claims where one proof is about several: its lanes and its charges, packed for a hash.

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
