pragma circom 2.2.3;

include "math/signed.circom";

// What the venue's funds would have to absorb of one account, in each state of the world: state 0 is now, state s
// is scenario s.
//   shortfall_0 = max(0, -E), shortfall_s = max(0, -(E + L_s))
//
// equity      E, micro-USD, signed
// pnl         L_s, micro-USD, |L_s| < 2^WINDOW (Lanes saw to it)
// shortfall   micro-USD, 0 .. 2^WINDOW

template Shortfall(SCENARIOS, WINDOW) {
    signal input {absmax} equity;
    signal input {binary} equityIsNegative;
    signal input pnl[SCENARIOS];
    signal output {max} shortfall[SCENARIOS + 1];

    assert(equity.absmax <= 1 << WINDOW);
    shortfall.max = 1 << WINDOW;
    shortfall[0] <== NegativePart()(equity, equityIsNegative);

    // SOUNDNESS: E and L_s are both below 2^WINDOW in magnitude, so E + L_s is exact; the signed check gives its
    // sign and refuses the few accounts whose stressed equity leaves the window.
    component stressed[SCENARIOS];
    for (var s = 0; s < SCENARIOS; s++) {
        stressed[s] = SignedRange(WINDOW);
        stressed[s].value <== equity + pnl[s];
        shortfall[1 + s] <== NegativePart()(stressed[s].ranged, stressed[s].isNegative);
    }
}
