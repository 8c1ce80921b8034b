pragma circom 2.2.3;

include "math/range.circom";
include "math/signed.circom";
include "table/shape.circom";

// The policy's public numbers, ranged inside the proof: a wrong policy can't wrap an equation.
//
// policy   for each underlying: deltaMove, gammaMove, vegaMove (ppm, < 2^32); stressWeight (ppm, < 2^24);
//          for each underlying: concRate (ppm, < 2^32), freeDelta, freeGamma (micro-USD, < 2^80);
//          thresholds RAIM, soft, maintenance (ppm, < 2^32)

function MOVE_BITS() { return 32; }
function STRESS_BITS() { return 24; }
function FREE_BITS() { return 80; }

template Policy(UNDERLYINGS) {
    signal input policy[policyWidth(UNDERLYINGS)];
    signal output {max} moves[3 * UNDERLYINGS];
    signal output {max} stressWeight;
    signal output {max} concRate[UNDERLYINGS];
    signal output {max} freeDelta[UNDERLYINGS];
    signal output {max} freeGamma[UNDERLYINGS];
    signal output {max} threshold[3];

    moves.max = (1 << MOVE_BITS()) - 1;
    component moveRange[3 * UNDERLYINGS];
    for (var i = 0; i < 3 * UNDERLYINGS; i++) {
        moveRange[i] = UnsignedRange(MOVE_BITS());
        moveRange[i].value <== policy[i];
        moves[i] <== moveRange[i].ranged;
    }

    component stressRange = UnsignedRange(STRESS_BITS());
    stressRange.value <== policy[3 * UNDERLYINGS];
    stressWeight.max = (1 << STRESS_BITS()) - 1;
    stressWeight <== stressRange.ranged;

    concRate.max = (1 << MOVE_BITS()) - 1;
    freeDelta.max = (1 << FREE_BITS()) - 1;
    freeGamma.max = (1 << FREE_BITS()) - 1;
    component rateRange[UNDERLYINGS];
    component deltaRange[UNDERLYINGS];
    component gammaRange[UNDERLYINGS];
    for (var u = 0; u < UNDERLYINGS; u++) {
        var at = 3 * UNDERLYINGS + 1 + 3 * u;
        rateRange[u] = UnsignedRange(MOVE_BITS());
        rateRange[u].value <== policy[at];
        concRate[u] <== rateRange[u].ranged;
        deltaRange[u] = UnsignedRange(FREE_BITS());
        deltaRange[u].value <== policy[at + 1];
        freeDelta[u] <== deltaRange[u].ranged;
        gammaRange[u] = UnsignedRange(FREE_BITS());
        gammaRange[u].value <== policy[at + 2];
        freeGamma[u] <== gammaRange[u].ranged;
    }

    threshold.max = (1 << MOVE_BITS()) - 1;
    component thresholdRange[3];
    for (var k = 0; k < 3; k++) {
        thresholdRange[k] = UnsignedRange(MOVE_BITS());
        thresholdRange[k].value <== policy[6 * UNDERLYINGS + 1 + k];
        threshold[k] <== thresholdRange[k].ranged;
    }
}

// Free amounts cut to what an exposure can reach: max(0, exposure - min(free, CAP)) = max(0, exposure - free) for every
// exposure up to CAP, and shorter to compare, which pays where many accounts share a policy.
template CappedFree(UNDERLYINGS, CAP) {
    signal input {max} freeDelta[UNDERLYINGS];
    signal input {max} freeGamma[UNDERLYINGS];
    signal output {max} cappedDelta[UNDERLYINGS];
    signal output {max} cappedGamma[UNDERLYINGS];

    cappedDelta.max = CAP;
    cappedGamma.max = CAP;
    for (var u = 0; u < UNDERLYINGS; u++) {
        cappedDelta[u] <== AtMost(CAP)(freeDelta[u]);
        cappedGamma[u] <== AtMost(CAP)(freeGamma[u]);
    }
}
