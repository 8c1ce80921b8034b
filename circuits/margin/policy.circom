pragma circom 2.2.3;

include "margin/layout.circom";
include "math/range.circom";
include "math/signed.circom";

// The policy's public numbers, ranged inside the proof: a wrong policy can't wrap an equation. Their places and bits are
// generated from margin/policy.json.

// A policy as the margin model reads it, every number ranged: ratios in ppm, amounts in micro-USD.
bus MarginPolicy(UNDERLYINGS) {
    signal {max} deltaMove[UNDERLYINGS];
    signal {max} gammaMove[UNDERLYINGS];
    signal {max} vegaMove[UNDERLYINGS];
    signal {max} stressWeight;
    signal {max} concRate[UNDERLYINGS];
    signal {max} freeDelta[UNDERLYINGS];      // micro-USD
    signal {max} freeGamma[UNDERLYINGS];      // micro-USD
    signal {max} threshold[3];                // initial, soft, maintenance: multiples of the requirement
}

// policy   the public elements; rules: the same by name, ranged
template Policy(UNDERLYINGS) {
    signal input policy[policyWidth(UNDERLYINGS)];
    output MarginPolicy(UNDERLYINGS) rules;

    // 1. Each underlying's numbers.
    rules.deltaMove.max = (1 << DELTA_MOVE_BITS()) - 1;
    rules.gammaMove.max = (1 << GAMMA_MOVE_BITS()) - 1;
    rules.vegaMove.max = (1 << VEGA_MOVE_BITS()) - 1;
    rules.concRate.max = (1 << CONC_RATE_BITS()) - 1;
    rules.freeDelta.max = (1 << FREE_DELTA_BITS()) - 1;
    rules.freeGamma.max = (1 << FREE_GAMMA_BITS()) - 1;
    for (var u = 0; u < UNDERLYINGS; u++) {
        rules.deltaMove[u] <== UnsignedRange(DELTA_MOVE_BITS())(policy[deltaMoveAt(UNDERLYINGS, u)]);
        rules.gammaMove[u] <== UnsignedRange(GAMMA_MOVE_BITS())(policy[gammaMoveAt(UNDERLYINGS, u)]);
        rules.vegaMove[u] <== UnsignedRange(VEGA_MOVE_BITS())(policy[vegaMoveAt(UNDERLYINGS, u)]);
        rules.concRate[u] <== UnsignedRange(CONC_RATE_BITS())(policy[concRateAt(UNDERLYINGS, u)]);
        rules.freeDelta[u] <== UnsignedRange(FREE_DELTA_BITS())(policy[freeDeltaAt(UNDERLYINGS, u)]);
        rules.freeGamma[u] <== UnsignedRange(FREE_GAMMA_BITS())(policy[freeGammaAt(UNDERLYINGS, u)]);
    }

    // 2. The policy's own.
    rules.stressWeight.max = (1 << STRESS_WEIGHT_BITS()) - 1;
    rules.stressWeight <== UnsignedRange(STRESS_WEIGHT_BITS())(policy[stressWeightAt(UNDERLYINGS)]);
    assert(INITIAL_BITS() == MAINTENANCE_BITS() && SOFT_BITS() == MAINTENANCE_BITS());
    rules.threshold.max = (1 << MAINTENANCE_BITS()) - 1;
    rules.threshold[0] <== UnsignedRange(INITIAL_BITS())(policy[initialAt(UNDERLYINGS)]);
    rules.threshold[1] <== UnsignedRange(SOFT_BITS())(policy[softAt(UNDERLYINGS)]);
    rules.threshold[2] <== UnsignedRange(MAINTENANCE_BITS())(policy[maintenanceAt(UNDERLYINGS)]);
}

// The policy with free amounts cut to what an exposure can reach: max(0, exposure - min(free, CAP)) = max(0, exposure - free)
// for every exposure up to CAP, and shorter to compare, which pays where many accounts share a policy.
template CappedFree(UNDERLYINGS, CAP) {
    input MarginPolicy(UNDERLYINGS) rules;
    output MarginPolicy(UNDERLYINGS) capped;

    capped.deltaMove.max = rules.deltaMove.max;
    capped.gammaMove.max = rules.gammaMove.max;
    capped.vegaMove.max = rules.vegaMove.max;
    capped.stressWeight.max = rules.stressWeight.max;
    capped.concRate.max = rules.concRate.max;
    capped.threshold.max = rules.threshold.max;
    capped.deltaMove <== rules.deltaMove;
    capped.gammaMove <== rules.gammaMove;
    capped.vegaMove <== rules.vegaMove;
    capped.stressWeight <== rules.stressWeight;
    capped.concRate <== rules.concRate;
    capped.threshold <== rules.threshold;

    capped.freeDelta.max = CAP;
    capped.freeGamma.max = CAP;
    for (var u = 0; u < UNDERLYINGS; u++) {
        capped.freeDelta[u] <== AtMost(CAP)(rules.freeDelta[u]);
        capped.freeGamma[u] <== AtMost(CAP)(rules.freeGamma[u]);
    }
}
