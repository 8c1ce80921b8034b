pragma circom 2.2.3;

include "solvency/shape.circom";
include "table/challenges.circom";
include "table/collapsed.circom";
include "table/counts.circom";
include "table/lookup.circom";
include "table/rows.circom";
include "table/shape.circom";
include "table/sum.circom";

// The sums of a batch's accounts are those of their slots under the public table: steps 2 to 6 of the coverage
// circuit, with one pair of challenges and one lookup for all accounts.
//
// batchRoot   root of the batch's leaves: binds every slot through the leaves' commitments; slots of places without
//             an account are all zeros
// quantity, id, isShort   the slots, ranged
// sums, charges           the accounts' packed sums and charges, ranged; claims: both once more, packed for the hash

template Valuation(ACCOUNTS, SLOTS, ROWS, SCENARIOS, UNDERLYINGS) {
    var ELEMENTS = elementCount(SCENARIOS, UNDERLYINGS);
    var ALL = ACCOUNTS * SLOTS;

    signal input table[ROWS][ELEMENTS + 3];
    signal input snapshotId;
    signal input batchRoot;
    signal input {max} quantity[ACCOUNTS][SLOTS];
    signal input {max} id[ACCOUNTS][SLOTS];
    signal input {binary} isShort[ACCOUNTS][SLOTS];
    signal input sums[ACCOUNTS][ELEMENTS];
    signal input {max} charges[ACCOUNTS];
    signal input claims[ACCOUNTS][claimWidth(SCENARIOS, UNDERLYINGS)];
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];

    // 1. First challenge, over everything the sums and the lookup test, and every row collapsed by it.
    component used = UsedCounts(ALL, ROWS);
    used.usedLong <== usedLong;
    used.usedShort <== usedShort;
    component first = BatchFirstChallenge(ACCOUNTS, claimWidth(SCENARIOS, UNDERLYINGS), packedCounts(ALL, ROWS));
    first.snapshotId <== snapshotId;
    first.batchRoot <== batchRoot;
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
