pragma circom 2.2.3;

include "portfolio/slots.circom";
include "table/challenges.circom";
include "table/collapsed.circom";
include "table/lookup.circom";
include "table/rows.circom";
include "table/sum.circom";
include "table/use.circom";

// The sums of some accounts are those of their slots under the public table, with one pair of challenges and one lookup for
// all: one account, one before and after, or the accounts of a batch.
//
// ELEMENTS        packed sums of an account; CLAIMS: elements of its claims; USED: elements of the packed use
// BETA, ALPHA     domains of the two challenges
//
// roots           bind every slot: the commitments; or the root of a batch's leaves, through the leaves' commitments
//                 (slots of places without an account are all zeros)
// slots           each account's slots, ranged
// sums, charges   each account's packed sums and charges, ranged; claims: the same once more, packed for the hash
// use             how many slots use each side of each row, ranged: enough for those that use one side of a row

template Valuation(ACCOUNTS, SLOTS, ROWS, ELEMENTS, ROOTS, CLAIMS, USED, BETA, ALPHA) {
    var ALL = ACCOUNTS * SLOTS;

    signal input table[ROWS][ELEMENTS + 3];
    signal input snapshotId;
    signal input roots[ROOTS];
    input RangedSlots(SLOTS) slots[ACCOUNTS];
    signal input sums[ACCOUNTS][ELEMENTS];
    signal input {max} charges[ACCOUNTS];
    signal input claims[ACCOUNTS][CLAIMS];
    input RowUse(ROWS, USED) use;

    // 1. First challenge, over everything the sums and the lookup test, and every row collapsed by it.
    component first = FirstChallenge(BETA, ROOTS, ACCOUNTS, CLAIMS, USED);
    first.snapshotId <== snapshotId;
    first.roots <== roots;
    first.claims <== claims;
    first.used <== use.packed;
    component rows = Rows(ROWS, ELEMENTS);
    rows.table <== table;
    rows.beta <== first.beta;

    // 2. Slot values, and the second challenge.
    signal slotValue[ALL];
    for (var a = 0; a < ACCOUNTS; a++) {
        for (var i = 0; i < SLOTS; i++) {
            slotValue[a * SLOTS + i] <-- collapsedRow(slots[a].id[i], slots[a].isShort[i], rows.id, rows.long, rows.short, ROWS);
        }
    }
    component second = SecondChallenge(ALPHA, ALL);
    second.beta <== first.beta;
    second.slotValues <== slotValue;

    // 3. Each slot's value is a row of the table.
    // SOUNDNESS of slotValue: the lookup admits only the collapsed row of the slot's own id and side, with a challenge
    // hashed over all slot values.
    component lookup = Lookup(ALL, ROWS);
    lookup.value <== slotValue;
    lookup.usedLong <== use.long;
    lookup.usedShort <== use.short;
    lookup.empty <== use.empty;
    lookup.rowId <== rows.id;
    lookup.longValue <== rows.long;
    lookup.shortValue <== rows.short;
    lookup.alpha <== second.alpha;
    lookup.gamma <== second.gamma;
    for (var a = 0; a < ACCOUNTS; a++) {
        for (var i = 0; i < SLOTS; i++) {
            lookup.id[a * SLOTS + i] <== slots[a].id[i];
            lookup.isShort[a * SLOTS + i] <== slots[a].isShort[i];
        }
    }

    // 4. Each account's sums are those of its rows.
    // SOUNDNESS: one beta tests all accounts: each equation alone fails with probability ELEMENTS/p, all together with
    // ACCOUNTS times that.
    component total[ACCOUNTS];
    for (var a = 0; a < ACCOUNTS; a++) {
        total[a] = PortfolioSum(SLOTS, ELEMENTS);
        total[a].quantity <== slots[a].quantity;
        total[a].sums <== sums[a];
        total[a].charges <== charges[a];
        total[a].beta <== first.beta;
        for (var i = 0; i < SLOTS; i++) {
            total[a].value[i] <== slotValue[a * SLOTS + i];
        }
    }
}
