pragma circom 2.2.3;

// Sizes of the risk space, as in src/risk/shape.ts.

function LANE_BITS() { return 84; }
function LANES_PER_ELEMENT() { return 3; }
// Every portfolio sum is below 2^82 (128 slots * 2^36 lots * 2^39); windows leave one bit for W + L.
function WINDOW_BITS() { return 83; }

function laneCount(SCENARIOS, UNDERLYINGS) {
    return 1 + SCENARIOS + 3 * UNDERLYINGS;
}

function elementCount(SCENARIOS, UNDERLYINGS) {
    return (laneCount(SCENARIOS, UNDERLYINGS) + LANES_PER_ELEMENT() - 1) \ LANES_PER_ELEMENT();
}

function rowWidth(SCENARIOS, UNDERLYINGS) {
    return elementCount(SCENARIOS, UNDERLYINGS) + 3;
}
