pragma circom 2.2.3;

include "math/range.circom";
include "table/shape.circom";

// The portfolio's summed lanes, their windows, the worst stress loss, and the packed form P_e that the
// sum check compares with the table.
//
// lanes       micro-USD, signed: equity, SCENARIOS scenario P&Ls, then delta, gamma, vega for each underlying
// worstLoss   W = max(0, max_s(-L_s)), micro-USD
// packed      P_e = v0 + v1*2^84 + v2*2^168
// WINDOW      bits of the windows: a portfolio outside them can't be proven

template Lanes(SCENARIOS, UNDERLYINGS, WINDOW) {
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss;
    signal output packed[elementCount(SCENARIOS, UNDERLYINGS)];
    signal output {max} rangedWorstLoss;
    signal output {absmax} equity;
    signal output {binary} equityIsNegative;
    signal output {absmax} greeks[3 * UNDERLYINGS];
    signal output {binary} greekIsNegative[3 * UNDERLYINGS];

    var LANES = laneCount(SCENARIOS, UNDERLYINGS);
    assert(WINDOW >= 1 && WINDOW <= WINDOW_BITS());

    // 1. Windows. W and every W + L_s are in [0, 2^WINDOW), so |L_s| < 2^WINDOW; all other lanes are in
    // [-2^WINDOW, 2^WINDOW), WINDOW <= 83.
    //
    // SOUNDNESS: two packings of one element would differ by d0 + d1*2^84 + d2*2^168 = 0 (mod p) with
    // |d_j| <= 2^84 - 1. The sum is below 2^84 + 2^168 + 2^252 < p in magnitude, so it is zero over the
    // integers; d0 is then a multiple of 2^84 below 2^84, hence 0, and so are d1 and d2. A packed element
    // stands for exactly one lane triple.
    component worstRange = UnsignedRange(WINDOW);
    worstRange.value <== worstLoss;
    rangedWorstLoss.max = (1 << WINDOW) - 1;
    rangedWorstLoss <== worstRange.ranged;

    component equityRange = SignedRange(WINDOW);
    equityRange.value <== lanes[0];
    equity.absmax = 1 << WINDOW;
    equity <== equityRange.ranged;
    equityIsNegative <== equityRange.isNegative;

    component greekRange[3 * UNDERLYINGS];
    greeks.absmax = 1 << WINDOW;
    for (var g = 0; g < 3 * UNDERLYINGS; g++) {
        greekRange[g] = SignedRange(WINDOW);
        greekRange[g].value <== lanes[1 + SCENARIOS + g];
        greeks[g] <== greekRange[g].ranged;
        greekIsNegative[g] <== greekRange[g].isNegative;
    }

    // 2. W is an upper bound of every loss, and is attained: by a scenario, or by zero.
    //
    // SOUNDNESS: W + L_s in [0, 2^WINDOW) says W >= -L_s. The product is zero only if a factor is: W = 0, or
    // W = -L_s for some s. Both together leave max(0, max_s(-L_s)) as the only W.
    component scenarioRange[SCENARIOS];
    signal attained[SCENARIOS + 1];
    attained[0] <== worstLoss;
    for (var s = 0; s < SCENARIOS; s++) {
        scenarioRange[s] = UnsignedRange(WINDOW);
        scenarioRange[s].value <== worstLoss + lanes[1 + s];
        attained[s + 1] <== attained[s] * scenarioRange[s].ranged;
    }
    attained[SCENARIOS] === 0;

    // 3. Packing.
    for (var e = 0; e < elementCount(SCENARIOS, UNDERLYINGS); e++) {
        var element = 0;
        for (var k = 0; k < LANES_PER_ELEMENT(); k++) {
            var lane = e * LANES_PER_ELEMENT() + k;
            if (lane < LANES) {
                element += lanes[lane] * (1 << (LANE_BITS() * k));
            }
        }
        packed[e] <== element;
    }
}
