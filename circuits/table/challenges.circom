pragma circom 2.2.3;

include "math/hash.circom";

// The two challenges. Their order is the security of the system: everything an equation tests is an
// input of the hash that makes the challenge of that equation, or was fixed before it.
//
//   beta          = H(tag, snapshotId, roots, claims, packed use)
//   alpha, gamma  = H(tag', beta, slot values)
//
//   statement            tag, tag'                    roots                      claims of each account
//   coverage, equity     "beta", "alpha"              commitment                 packed sums, charges
//   solvency             "batch.beta", "batch.alpha"  root of the leaves         packed lanes and charges
//   reduction            "reduction", "batch.alpha"   old and new commitment     packed lanes and charges
//
// roots   bind every slot; claims bind every sum and the charges; use: which sides of which rows the slots use

template FirstChallenge(TAG, ROOTS, ACCOUNTS, CLAIMS, USED) {
    signal input snapshotId;
    signal input roots[ROOTS];
    signal input claims[ACCOUNTS][CLAIMS];
    signal input used[USED];
    signal output beta;

    var ALL = ACCOUNTS * CLAIMS;
    component h = Hash(TAG, 1 + ROOTS + ALL + USED, 1);
    h.in[0] <== snapshotId;
    for (var r = 0; r < ROOTS; r++) {
        h.in[1 + r] <== roots[r];
    }
    for (var i = 0; i < ALL; i++) {
        h.in[1 + ROOTS + i] <== claims[i \ CLAIMS][i % CLAIMS];
    }
    for (var e = 0; e < USED; e++) {
        h.in[1 + ROOTS + ALL + e] <== used[e];
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
