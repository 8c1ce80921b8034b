pragma circom 2.2.3;

include "margin/policy.circom";
include "math/bind.circom";
include "portfolio/netting.circom";
include "solvency/account.circom";
include "solvency/cover.circom";
include "solvency/place.circom";
include "solvency/shape.circom";
include "solvency/step.circom";
include "table/claims.circom";
include "table/counts.circom";
include "table/valuation.circom";

// Proves one step of a solvency run: batch `batchIndex` of the accounts under `accountsRoot` takes the run from
// `stateIn` to `stateOut`. Every account of the batch is valued, stressed and margined by the public table and policy;
// what the venue's funds would have to absorb, what would have to be hedged, and the signed quantities, are added.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - snapshotId, table, policy: as for the coverage circuit;
//   - batches 0, 1, 2, ... of one run follow one another, each stateIn being the stateOut before it;
//   - the report (solvency/report.circom) holds for the last stateOut: only it says that the run is complete;
//   - context is the one of this chain, this registry and this run.

template SolvencyBatch(ACCOUNTS, SLOTS, ROWS, SCENARIOS, UNDERLYINGS, DEPTH) {
    assert(DEPTH <= 27 && DEPTH > levelOf(ACCOUNTS) && ACCOUNTS * SLOTS <= 1024);
    var STATES = SCENARIOS + 1;
    var COUNT_BITS = countBits(ACCOUNTS * SLOTS);
    var HEIGHT = DEPTH - levelOf(ACCOUNTS);

    // PUBLIC, cached for a snapshot
    signal input table[ROWS][rowWidth(SCENARIOS, UNDERLYINGS)];
    signal input snapshotId;
    signal input policy[policyWidth(UNDERLYINGS)];
    // PUBLIC, for each proof
    signal input accountsRoot;
    signal input batchIndex;
    signal input stateIn;
    signal input stateOut;
    signal input context;

    // PRIVATE, the accounts (solvency/account.circom)
    signal input present[ACCOUNTS];
    signal input accountId[ACCOUNTS];
    signal input salt[ACCOUNTS];
    signal input quantity[ACCOUNTS][SLOTS];
    signal input id[ACCOUNTS][SLOTS];
    signal input isShort[ACCOUNTS][SLOTS];
    signal input lanes[ACCOUNTS][laneCount(SCENARIOS, UNDERLYINGS)];
    signal input worstLoss[ACCOUNTS];
    signal input charges[ACCOUNTS];
    signal input usedLong[ROWS];
    signal input usedShort[ROWS];
    // PRIVATE, the batch's place in the tree
    signal input isLast;
    signal input indexBit[HEIGHT];
    signal input sibling[HEIGHT];
    // PRIVATE, the run's state
    signal input runSalt;
    signal input zeta;                        // the netting challenge: the report shows it
    signal input added[addedWidth(SCENARIOS, UNDERLYINGS)];
    signal input second[STATES];
    signal input isLargest[ACCOUNTS][STATES];
    signal input isSecond[STATES];

    // 1. The accounts.
    component margin = Policy(UNDERLYINGS);
    margin.policy <== policy;
    component free = CappedFree(UNDERLYINGS, 1 << ACCOUNT_WINDOW());
    free.rules <== margin.rules;
    component account[ACCOUNTS];
    component place = BatchPlace(ACCOUNTS, DEPTH);
    for (var a = 0; a < ACCOUNTS; a++) {
        account[a] = SolvencyAccount(SLOTS, SCENARIOS, UNDERLYINGS);
        account[a].present <== present[a];
        account[a].accountId <== accountId[a];
        account[a].salt <== salt[a];
        account[a].quantity <== quantity[a];
        account[a].id <== id[a];
        account[a].isShort <== isShort[a];
        account[a].lanes <== lanes[a];
        account[a].worstLoss <== worstLoss[a];
        account[a].charges <== charges[a];
        account[a].rules <== free.capped;
        place.leaves[a] <== account[a].leaf;
    }

    // 2. Their place in the tree.
    place.accountsRoot <== accountsRoot;
    place.index <== batchIndex;
    place.isLast <== isLast;
    place.indexBit <== indexBit;
    place.sibling <== sibling;

    // 3. Their sums under the table, their share of the netting sum, the two largest shortfalls.
    component used = UsedCounts(ACCOUNTS * SLOTS, COUNT_BITS, ROWS);
    used.usedLong <== usedLong;
    used.usedShort <== usedShort;
    component value = Valuation(
        ACCOUNTS, SLOTS, ROWS, elementCount(SCENARIOS, UNDERLYINGS), 1, claimWidth(SCENARIOS, UNDERLYINGS),
        packedCounts(COUNT_BITS, ROWS), HASH_BATCH_BETA(), HASH_BATCH_ALPHA()
    );
    value.table <== table;
    value.snapshotId <== snapshotId;
    value.roots[0] <== place.batchRoot;
    value.use <== used.use;
    component net[ACCOUNTS];
    component cover = CoverTwo(ACCOUNTS, STATES);
    cover.second <== second;
    cover.isLargest <== isLargest;
    cover.isSecond <== isSecond;
    for (var a = 0; a < ACCOUNTS; a++) {
        value.slots[a] <== account[a].ranged;
        value.sums[a] <== account[a].sums;
        value.charges[a] <== account[a].rangedCharges;
        value.claims[a] <== account[a].claims;
        cover.shortfall[a] <== account[a].shortfall;
        net[a] = Netting(SLOTS);
        net[a].slots <== account[a].ranged;
        net[a].zeta <== zeta;
    }

    // 4. What the batch adds.
    component share = BatchShare(ACCOUNTS, SCENARIOS, UNDERLYINGS);
    for (var a = 0; a < ACCOUNTS; a++) {
        share.netting[a] <== net[a].out;
        share.tierIs[a] <== account[a].tierIs;
        share.demand[a] <== account[a].demand;
        share.shortfall[a] <== account[a].shortfall;
    }
    share.largest <== cover.largest;
    share.largestMarks <== cover.largestMarks;
    share.secondMarks <== cover.secondMarks;

    // 5. From state to state.
    component step = Step(SCENARIOS, UNDERLYINGS);
    step.salt <== runSalt;
    step.zeta <== zeta;
    step.batchIndex <== batchIndex;
    step.isLast <== place.last;
    step.added <== added;
    step.share <== share.packed;
    step.second <== second;
    step.stateIn === stateIn;
    step.stateOut === stateOut;

    // 6. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
