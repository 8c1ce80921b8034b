pragma circom 2.2.3;

include "math/hash.circom";

// The two challenges. Their order is the security of the system: everything an equation tests is an
// input of the hash that makes the challenge of that equation, or was fixed before it.
//
//   beta          = H("beta", snapshotId, commitment, packed sums, charges, packed used bits)
//   alpha, gamma  = H("alpha", beta, slot values)
//
// For a batch of accounts, whose commitments the root of their leaves stands for, and for one account before and after:
//
//   beta          = H("batch.beta", snapshotId, batchRoot, packed sums and charges of each account, packed counts)
//   beta          = H("reduction", snapshotId, old and new commitment, packed sums and charges of both, packed counts)
//   alpha, gamma  = H("batch.alpha", beta, slot values)

template FirstChallenge(ELEMENTS, USED_ELEMENTS) {
    signal input snapshotId;
    signal input commitment;
    signal input sums[ELEMENTS];
    signal input charges;
    signal input used[USED_ELEMENTS];
    signal output beta;

    component h = Hash(HASH_BETA(), 3 + ELEMENTS + USED_ELEMENTS, 1);
    h.in[0] <== snapshotId;
    h.in[1] <== commitment;
    for (var e = 0; e < ELEMENTS; e++) {
        h.in[2 + e] <== sums[e];
    }
    h.in[2 + ELEMENTS] <== charges;
    for (var e = 0; e < USED_ELEMENTS; e++) {
        h.in[3 + ELEMENTS + e] <== used[e];
    }
    beta <== h.out[0];
}

template BatchFirstChallenge(TAG, ROOTS, ACCOUNTS, CLAIM_ELEMENTS, USED_ELEMENTS) {
    signal input snapshotId;
    signal input roots[ROOTS];
    signal input claims[ACCOUNTS][CLAIM_ELEMENTS];
    signal input used[USED_ELEMENTS];
    signal output beta;

    var CLAIMS = ACCOUNTS * CLAIM_ELEMENTS;
    component h = Hash(TAG, 1 + ROOTS + CLAIMS + USED_ELEMENTS, 1);
    h.in[0] <== snapshotId;
    for (var r = 0; r < ROOTS; r++) {
        h.in[1 + r] <== roots[r];
    }
    for (var i = 0; i < CLAIMS; i++) {
        h.in[1 + ROOTS + i] <== claims[i \ CLAIM_ELEMENTS][i % CLAIM_ELEMENTS];
    }
    for (var e = 0; e < USED_ELEMENTS; e++) {
        h.in[1 + ROOTS + CLAIMS + e] <== used[e];
    }
    beta <== h.out[0];
}

template SecondChallenge(TAG, SLOTS) {
    signal input beta;
    signal input slotValues[SLOTS];
    signal output alpha;
    signal output gamma;

    // The last block must be wide enough for two outputs: one zero more where it would hold one element.
    var PADDED = (1 + SLOTS) % 16 == 1 ? 2 + SLOTS : 1 + SLOTS;
    component h = Hash(TAG, PADDED, 2);
    h.in[0] <== beta;
    for (var i = 0; i < SLOTS; i++) {
        h.in[1 + i] <== slotValues[i];
    }
    if (PADDED > 1 + SLOTS) {
        h.in[1 + SLOTS] <== 0;
    }
    alpha <== h.out[0];
    gamma <== h.out[1];
}
