pragma circom 2.2.3;

// GENERATED from policy.json by scripts/policy-layout.ts: change that, not this.
// Where each number stands among a policy's public elements, of underlying u where each has one, and its bits.

function policyWidth(UNDERLYINGS) { return 6 * UNDERLYINGS + 4; }

function deltaMoveAt(UNDERLYINGS, u) { return 3 * u; }
function gammaMoveAt(UNDERLYINGS, u) { return 3 * u + 1; }
function vegaMoveAt(UNDERLYINGS, u) { return 3 * u + 2; }
function stressWeightAt(UNDERLYINGS) { return 3 * UNDERLYINGS; }
function concRateAt(UNDERLYINGS, u) { return 3 * u + 3 * UNDERLYINGS + 1; }
function freeDeltaAt(UNDERLYINGS, u) { return 3 * u + 3 * UNDERLYINGS + 2; }
function freeGammaAt(UNDERLYINGS, u) { return 3 * u + 3 * UNDERLYINGS + 3; }
function initialAt(UNDERLYINGS) { return 6 * UNDERLYINGS + 1; }
function softAt(UNDERLYINGS) { return 6 * UNDERLYINGS + 2; }
function maintenanceAt(UNDERLYINGS) { return 6 * UNDERLYINGS + 3; }

function DELTA_MOVE_BITS() { return 32; }
function GAMMA_MOVE_BITS() { return 32; }
function VEGA_MOVE_BITS() { return 32; }
function STRESS_WEIGHT_BITS() { return 24; }
function CONC_RATE_BITS() { return 32; }
function FREE_DELTA_BITS() { return 80; }
function FREE_GAMMA_BITS() { return 80; }
function INITIAL_BITS() { return 32; }
function SOFT_BITS() { return 32; }
function MAINTENANCE_BITS() { return 32; }
