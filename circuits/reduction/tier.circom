pragma circom 2.2.3;

include "math/range.circom";
include "math/signed.circom";

// tier' <= tier, by a level between the two:
//   tier' <= level   1e18*E' >= threshold_(level+1) * margin'; level 3: E' >= 0; level 4: always
//   tier  >= level   1e18*E  <  threshold_level     * margin;  level 4: E < 0;   level 0: always
// Two comparisons, where both tiers would take six. A tier is that of margin/tier.circom: how many thresholds equity
// is below, and one more where it is negative.
//
// isLevel   one-hot, chosen by the prover
//
// SOUNDNESS: where the thresholds descend (checked where a snapshot is published), equity below threshold_k * margin is
// below those before it too, and a negative one is below all, since thresholds and margins aren't negative. So
// tier >= k says the same as "below threshold_k * margin", k = 1..3, and tier = 4 the same as E < 0. A level that
// satisfies both lines exists exactly if tier' <= tier.

template TierNoWorse() {
    signal input {absmax} oldEquity;
    signal input {absmax} newEquity;
    signal input {max} oldMargin;
    signal input {max} newMargin;
    signal input {max} threshold[3];
    signal input isLevel[5];

    var SCALE = 1000000000000000000;

    // 1. The level, one-hot, and its thresholds.
    signal {binary} bit[5];
    var marks = 0;
    for (var k = 0; k < 5; k++) {
        bit[k] <== Bit()(isLevel[k]);
        marks += bit[k];
    }
    marks === 1;
    signal above[3];
    signal below[3];
    var nextThreshold = 0;
    var ownThreshold = 0;
    for (var k = 0; k < 3; k++) {
        above[k] <== bit[k] * threshold[k];
        below[k] <== bit[k + 1] * threshold[k];
        nextThreshold += above[k];
        ownThreshold += below[k];
    }
    // SOUNDNESS: at most one term of each sum isn't zero.
    signal {max} next;
    signal {max} own;
    next.max = threshold.max;
    own.max = threshold.max;
    next <== nextThreshold;
    own <== ownThreshold;

    // 2. tier' <= level.
    // SOUNDNESS: 1e18*E' - bound is below 2^251 in magnitude, so a negative one is out of range. At level 4 the bound
    // is zero, and what is added makes it pass.
    signal {max} bound <== Product()(next, newMargin);
    var LARGEST = SCALE * newEquity.absmax;
    assert(bitLength(bound.max + 2 * LARGEST) <= MAX_BITS());
    component reached = UnsignedRange(bitLength(2 * LARGEST));
    reached.value <== SCALE * newEquity - bound + LARGEST * bit[4];
    _ <== reached.ranged;

    // 3. tier >= level.
    // SOUNDNESS: as before; at level 0 the limit is zero, and what is added makes it pass.
    signal {max} limit <== Product()(own, oldMargin);
    LARGEST = SCALE * oldEquity.absmax;
    assert(bitLength(limit.max + 2 * LARGEST) <= MAX_BITS());
    component missed = UnsignedRange(bitLength(limit.max + 2 * LARGEST));
    missed.value <== limit - SCALE * oldEquity - 1 + (LARGEST + 1) * bit[0];
    _ <== missed.ranged;
}
