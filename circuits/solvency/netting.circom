pragma circom 2.2.3;

include "math/hash.circom";
include "math/range.circom";

// zeta = H("netting", accountsRoot, snapshotId): fixed by all portfolios at once.
template NettingChallenge() {
    signal input accountsRoot;
    signal input snapshotId;
    signal output zeta;

    component h = Hash(HASH_NETTING(), 2, 1);
    h.in[0] <== accountsRoot;
    h.in[1] <== snapshotId;
    zeta <== h.out[0];
}

// sum_i signedQuantity_i / (zeta - id_i) over some slots.
//
// SOUNDNESS: quantities and ids are in the commitments under accountsRoot, fixed before zeta. As a function of zeta
// the sum over all accounts has a pole at each instrument, whose residue is the venue's net quantity of it:
// |net| < 2^(36 + 7 + 27) < p/2. Two such functions that agree at a random zeta have, except with probability
// 2^21 / p, the same residues: what the report shows as Z fixes the net quantity of EVERY instrument.

template Netting(SLOTS) {
    signal input {max} quantity[SLOTS];
    signal input {max} id[SLOTS];
    signal input {binary} isShort[SLOTS];
    signal input zeta;
    signal output out;

    signal signedQuantity[SLOTS];
    signal term[SLOTS];
    var total = 0;
    for (var i = 0; i < SLOTS; i++) {
        signedQuantity[i] <== quantity[i] * (1 - 2 * isShort[i]);
        term[i] <-- zeta == id[i] ? 0 : signedQuantity[i] / (zeta - id[i]);
        // SOUNDNESS: one solution unless zeta is an id, one of 2^20 values fixed before it.
        term[i] * (zeta - id[i]) === signedQuantity[i];
        total += term[i];
    }
    out <== total;
}
