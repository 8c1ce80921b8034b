pragma circom 2.2.3;

include "table/claims.circom";
include "table/challenges.circom";
include "table/collapsed.circom";
include "table/counts.circom";
include "table/lookup.circom";
include "table/rows.circom";
include "table/shape.circom";
include "table/sum.circom";

// The sums of some accounts are those of their slots under the public table: steps 3 to 6 of coverage/margin.circom,
// with one pair of challenges and one lookup for all. Accounts of a batch, or one account before and after.
//
// TAG     of the first challenge; COUNT_BITS: of a count, enough for the slots that use one side of a row
// roots   bind every slot: the root of a batch's leaves, through the leaves' commitments (slots of places without an
//         account are all zeros); or the commitments themselves
// quantity, id, isShort   the slots, ranged
// sums, charges           the accounts' packed sums and charges, ranged; claims: both once more, packed for the hash

template Valuation(TAG, ROOTS, COUNT_BITS, ACCOUNTS, SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    var ELEMENTS = elementCount(SCENARIOS, UNDERLYINGS);
    var ALL = ACCOUNTS * SLOTS;

    signal input table[ROWS][ELEMENTS + 3];
    signal input snapshotId;
    signal input roots[ROOTS];
    signal input {max} quantity[ACCOUNTS][SLOTS];
    signal input {max} id[ACCOUNTS][SLOTS];
    signal input {binary} isShort[ACCOUNTS][SLOTS];
    signal input sums[ACCOUNTS][ELEMENTS];
    signal input {max} charges[ACCOUNTS];
    signal input claims[ACCOUNTS][claimWidth(SCENARIOS, UNDERLYINGS)];
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];

    // 1. First challenge, over everything the sums and the lookup test, and every row collapsed by it.
    component used = UsedCounts(ALL, COUNT_BITS, ROWS);
    used.usedLong <== usedLong;
    used.usedShort <== usedShort;
    var CLAIMS = claimWidth(SCENARIOS, UNDERLYINGS);
    component first = BatchFirstChallenge(TAG, ROOTS, ACCOUNTS, CLAIMS, packedCounts(COUNT_BITS, ROWS));
    first.snapshotId <== snapshotId;
    first.roots <== roots;
    first.claims <== claims;
    first.used <== used.packed;
    component rows = Rows(ROWS, ELEMENTS);
    rows.table <== table;
    rows.beta <== first.beta;

    // 2. Slot values, and the second challenge.
    signal slotValue[ALL];
    for (var a = 0; a < ACCOUNTS; a++) {
        for (var i = 0; i < SLOTS; i++) {
            slotValue[a * SLOTS + i] <-- collapsedRow(id[a][i], isShort[a][i], rows.id, rows.long, rows.short, ROWS);
        }
    }
    component second = SecondChallenge(HASH_BATCH_ALPHA(), ALL);
    second.beta <== first.beta;
    second.slotValues <== slotValue;

    // 3. SOUNDNESS of slotValue: as in the coverage circuit, the lookup admits only the collapsed row of the slot's own
    // id and side; each account's sum then ties its quantities to its sums through beta. One beta tests all
    // accounts: each equation alone fails with probability 14/p, all together with ACCOUNTS times that.
    component lookup = Lookup(ALL, ROWS);
    lookup.value <== slotValue;
    lookup.usedLong <== used.long;
    lookup.usedShort <== used.short;
    lookup.empty <== used.empty;
    lookup.rowId <== rows.id;
    lookup.longValue <== rows.long;
    lookup.shortValue <== rows.short;
    lookup.alpha <== second.alpha;
    lookup.gamma <== second.gamma;
    component total[ACCOUNTS];
    for (var a = 0; a < ACCOUNTS; a++) {
        total[a] = PortfolioSum(SLOTS, ELEMENTS);
        total[a].quantity <== quantity[a];
        total[a].sums <== sums[a];
        total[a].charges <== charges[a];
        total[a].beta <== first.beta;
        for (var i = 0; i < SLOTS; i++) {
            total[a].value[i] <== slotValue[a * SLOTS + i];
            lookup.id[a * SLOTS + i] <== id[a][i];
            lookup.isShort[a * SLOTS + i] <== isShort[a][i];
        }
    }
}
