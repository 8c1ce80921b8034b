pragma circom 2.2.3;

include "coverage/margin.circom";
include "margin/layout.circom";
include "math/bind.circom";
include "math/range.circom";

// Proves: the portfolio behind `commitment` of `accountId` is in tier 2, 3 or 4 under the public table and policy, and is
// worth at most `ceiling`. Neither tier nor equity is opened: whoever pays enough for a portfolio shows no more of it.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - snapshotId, table, policy: as for Coverage; the policy's thresholds descend (checked where a snapshot is published):
//     tiers are in order by it;
//   - commitment is the account's current one;
//   - which ceiling is the right one: for a price, the largest equity for which it is enough;
//   - context is the one of this chain, this ledger, this kind of fact and a deadline that hasn't passed.

// Tiers from which a portfolio can be taken over whole.
function FIRST_BREACH() { return 2; }
function BREACH_BITS() { return 2; }

template Ceiling(SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    // PUBLIC, cached for a snapshot
    signal input table[ROWS][rowWidth(SCENARIOS, UNDERLYINGS)];   // packed lanes, longCharge, shortCharge, instrumentId
    signal input snapshotId;
    signal input policy[policyWidth(UNDERLYINGS)];
    // PUBLIC, for each proof
    signal input accountId;
    signal input commitment;
    signal input ceiling;                     // micro-USD, 0 .. 2^83 - 1
    signal input context;                     // chain, ledger, kind and deadline

    // PRIVATE, as in Coverage
    signal input salt;
    signal input quantity[SLOTS];
    signal input id[SLOTS];
    signal input isShort[SLOTS];
    signal input lanes[laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss;
    signal input charges;
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];

    // 1. The account, valued and margined.
    component account = Margined(SLOTS, ROWS, SCENARIOS, UNDERLYINGS);
    account.table <== table;
    account.snapshotId <== snapshotId;
    account.policy <== policy;
    account.accountId <== accountId;
    account.commitment <== commitment;
    account.salt <== salt;
    account.quantity <== quantity;
    account.id <== id;
    account.isShort <== isShort;
    account.lanes <== lanes;
    account.worstLoss <== worstLoss;
    account.charges <== charges;
    account.usedLong <== usedLong;
    account.usedShort <== usedShort;

    // 2. It is in breach.
    // SOUNDNESS: Tier sums four bits, so this is one of -2 .. 2: a negative one stands as p - 1 or p - 2, out of range.
    component breach = UnsignedRange(BREACH_BITS());
    breach.value <== account.tier - FIRST_BREACH();
    _ <== breach.ranged;

    // 3. It is worth no more than the ceiling.
    // SOUNDNESS: equity is within 2^83 and one with the slots through the sum check (Margined), the ceiling is ranged: their
    // difference is below 2^85 in magnitude, and in the range exactly if it isn't negative.
    component ceilingRange = UnsignedRange(WINDOW_BITS());
    ceilingRange.value <== ceiling;
    var LARGEST = ceilingRange.ranged.max + account.equity.absmax;
    component rest = UnsignedRange(bitLength(LARGEST));
    rest.value <== ceilingRange.ranged - account.equity;
    _ <== rest.ranged;

    // 4. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
