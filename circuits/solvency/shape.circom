pragma circom 2.2.3;

include "table/claims.circom";

// Sizes of a run's state, as in src/witness/solvency-state.ts. Sums over the accounts of a tree of depth 27 stay below 2^84,
// since an account is within its window (table/claims.circom).

// A claimed second largest shortfall is below 2^57, the sum of two shortfalls below 2^58.
function SHORTFALL_BITS() { return 58; }
function SHORTFALLS_PER_ELEMENT() { return 4; }
// Sums over all accounts.
function TOTAL_BITS() { return 84; }
function TOTALS_PER_ELEMENT() { return 3; }
function TIER_BITS() { return 32; }
function TIERS() { return 5; }
// How often something was marked: at most once an account.
function MARK_BITS() { return 28; }
function MARKS_PER_ELEMENT() { return 9; }

function packedTotals(COUNT) {
    return (COUNT + TOTALS_PER_ELEMENT() - 1) \ TOTALS_PER_ELEMENT();
}
function packedShortfalls(COUNT) {
    return (COUNT + SHORTFALLS_PER_ELEMENT() - 1) \ SHORTFALLS_PER_ELEMENT();
}
function packedMarks(COUNT) {
    return (COUNT + MARKS_PER_ELEMENT() - 1) \ MARKS_PER_ELEMENT();
}

// The elements of a state that add up over the batches: netting, tiers, demand, shortfalls, largest, marks of the
// largest, marks of the second.
function addedWidth(SCENARIOS, UNDERLYINGS) {
    var STATES = SCENARIOS + 1;
    return 2 + packedTotals(3 * UNDERLYINGS) + packedTotals(STATES) + packedShortfalls(STATES)
        + 2 * packedMarks(STATES);
}
