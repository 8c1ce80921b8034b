pragma circom 2.2.3;

include "math/range.circom";
include "math/signed.circom";
include "reduction/tier.circom";

// What a slice may do to an account; primes are after it:
//   1. margin'     <= margin
//   2. shortGamma' <= shortGamma, for each underlying
//   3. tier'       <= tier (reduction/tier.circom)
//   4. 1e18*max(0, E - E') <= maxPenalty * (margin - margin')
//
// equity       micro-USD, signed; margin: scale 1e12; shortGamma: micro-USD
// threshold    ppm; maxPenalty: ppm of the margin that is freed
// isLevel      a level between the two tiers, one-hot

function PENALTY_BITS() { return 20; }

template ReductionRules(UNDERLYINGS) {
    signal input {max} margin[2];             // old, new; so are the others
    signal input {max} shortGamma[2][UNDERLYINGS];
    signal input {absmax} equity[2];
    signal input {max} threshold[3];
    signal input {max} maxPenalty;
    signal input isLevel[5];

    // 1. and 2. Margin and short gamma.
    component freed = Decrease();
    freed.a <== margin[0];
    freed.b <== margin[1];
    component bought[UNDERLYINGS];
    for (var u = 0; u < UNDERLYINGS; u++) {
        bought[u] = Decrease();
        bought[u].a <== shortGamma[0][u];
        bought[u].b <== shortGamma[1][u];
        _ <== bought[u].out;
    }

    // 3. Tier.
    component tier = TierNoWorse();
    tier.oldEquity <== equity[0];
    tier.newEquity <== equity[1];
    tier.oldMargin <== margin[0];
    tier.newMargin <== margin[1];
    tier.threshold <== threshold;
    tier.isLevel <== isLevel;

    // 4. What it costs.
    // SOUNDNESS: allowed isn't negative, so it is at least max(0, x) exactly if it is at least x = 1e18*(E - E'). The
    // difference is below 2^251 in magnitude: a negative one is out of range.
    var SCALE = 1000000000000000000;
    signal {max} allowed <== Product()(maxPenalty, freed.out);
    var LARGEST = allowed.max + 2 * SCALE * equity.absmax;
    component rest = UnsignedRange(bitLength(LARGEST));
    rest.value <== allowed - SCALE * (equity[0] - equity[1]);
    _ <== rest.ranged;
}
