pragma circom 2.2.3;

include "math/signed.circom";

// tier = #{k in 1..3 : 1e18*E < threshold_k * margin} + (E < 0)
// 0 healthy, 1 below initial margin, 2 soft liquidation, 3 full liquidation, 4 bankrupt.
// A function of its inputs, not a bound: neither a claim of coverage nor one of a breach can shade it.
//
// equity   micro-USD, signed; margin: scale 1e12; thresholds: ppm

template Tier() {
    signal input {absmax} equity;
    signal input {binary} equityIsNegative;
    signal input {max} margin;
    signal input {max} threshold[3];
    signal output tier;

    var SCALE = 1000000000000000000;
    assert(bitLength(equity.absmax) + bitLength(SCALE) <= MAX_BITS());
    signal {absmax} scaledEquity;
    scaledEquity.absmax = equity.absmax * SCALE;
    scaledEquity <== equity * SCALE;

    signal {max} bound[3];
    signal {binary} below[3];
    bound.max = threshold.max * margin.max;
    for (var k = 0; k < 3; k++) {
        bound[k] <== Product()(threshold[k], margin);
        below[k] <== IsBelow()(scaledEquity, bound[k]);
    }
    tier <== below[0] + below[1] + below[2] + equityIsNegative;
}
