pragma circom 2.2.3;

include "margin/policy.circom";
include "math/signed.circom";

// The maintenance margin, scaled by 1e12 so that nothing is divided and nothing rounded:
//   base6  = sum_u deltaMove_u*|D_u| + gammaMove_u*max(0,-G_u) + vegaMove_u*|V_u|          scale 1e6
//   addOn  = stressWeight * max(0, 1e6*W - base6)                                          scale 1e12
//   conc6  = sum_u concRate_u*( max(0,|D_u|-freeDelta_u) + max(0,max(0,-G_u)-freeGamma_u) ) scale 1e6
//   margin = 1e6*base6 + addOn + 1e12*C + 1e6*conc6
// src/risk/requirement.ts is the same in TypeScript.
//
// greeks      delta, gamma, vega for each underlying, micro-USD, signed
// worstLoss   W, micro-USD; charges C, micro-USD
// rules       the policy, ranged; its thresholds come after the requirement (margin/tier.circom)
// exposure    what is charged of each Greek, micro-USD: |delta|, short gamma, |vega| for each underlying

template MaintenanceMargin(UNDERLYINGS) {
    signal input {absmax} greeks[3 * UNDERLYINGS];
    signal input {binary} greekIsNegative[3 * UNDERLYINGS];
    signal input {max} worstLoss;
    signal input {max} charges;
    input MarginPolicy(UNDERLYINGS) rules;
    signal output {max} exposure[3 * UNDERLYINGS];
    signal output {max} margin;

    // 1. What is charged of each Greek: |delta|, short gamma, |vega|.
    exposure.max = greeks.absmax;
    for (var u = 0; u < UNDERLYINGS; u++) {
        exposure[3 * u] <== Magnitude()(greeks[3 * u], greekIsNegative[3 * u]);
        exposure[3 * u + 1] <== NegativePart()(greeks[3 * u + 1], greekIsNegative[3 * u + 1]);
        exposure[3 * u + 2] <== Magnitude()(greeks[3 * u + 2], greekIsNegative[3 * u + 2]);
    }

    // 2. Delta, gamma and vega margin.
    signal {max} greekMargin[3 * UNDERLYINGS];
    var MOST = rules.deltaMove.max > rules.gammaMove.max ? rules.deltaMove.max : rules.gammaMove.max;
    greekMargin.max = exposure.max * (MOST > rules.vegaMove.max ? MOST : rules.vegaMove.max);
    for (var u = 0; u < UNDERLYINGS; u++) {
        greekMargin[3 * u] <== Product()(exposure[3 * u], rules.deltaMove[u]);
        greekMargin[3 * u + 1] <== Product()(exposure[3 * u + 1], rules.gammaMove[u]);
        greekMargin[3 * u + 2] <== Product()(exposure[3 * u + 2], rules.vegaMove[u]);
    }
    signal {max} base <== Sum(3 * UNDERLYINGS)(greekMargin);

    // 3. Stress-loss add-on.
    signal {max} worst <== Scaled(1000000)(worstLoss);
    signal {max} uncovered <== Excess()(worst, base);
    signal {max} addOn <== Product()(uncovered, rules.stressWeight);

    // 4. Concentration.
    signal {max} excessDelta[UNDERLYINGS];
    signal {max} excessGamma[UNDERLYINGS];
    signal {max} crowded[2 * UNDERLYINGS];
    excessDelta.max = exposure.max;
    excessGamma.max = exposure.max;
    crowded.max = exposure.max * rules.concRate.max;
    for (var u = 0; u < UNDERLYINGS; u++) {
        excessDelta[u] <== Excess()(exposure[3 * u], rules.freeDelta[u]);
        crowded[2 * u] <== Product()(excessDelta[u], rules.concRate[u]);
        excessGamma[u] <== Excess()(exposure[3 * u + 1], rules.freeGamma[u]);
        crowded[2 * u + 1] <== Product()(excessGamma[u], rules.concRate[u]);
    }
    signal {max} concentration <== Sum(2 * UNDERLYINGS)(crowded);

    // 5. All together, at scale 1e12.
    _ <== rules.threshold;
    signal {max} scaledBase <== Scaled(1000000)(base);
    signal {max} scaledCharges <== Scaled(1000000000000)(charges);
    signal {max} scaledConcentration <== Scaled(1000000)(concentration);
    margin.max = scaledBase.max + addOn.max + scaledCharges.max + scaledConcentration.max;
    assert(bitLength(margin.max) <= MAX_BITS());
    margin <== scaledBase + addOn + scaledCharges + scaledConcentration;
}
