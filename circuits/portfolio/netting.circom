pragma circom 2.2.3;

include "portfolio/slots.circom";

// sum_i signedQuantity_i / (zeta - id_i) over some slots.
//
// SOUNDNESS: zeta is a hash over the accounts' root and the list of reserves, made by the verifier: positions and
// reserves are both fixed before it (docs/protocol/encodings.md, 7). As a function of zeta, the sum over all accounts less that
// over the reserves has a pole at each instrument, whose residue is the venue's net quantity of it less the reserve:
// below 2^(36 + 7 + 27 + 1) < p/2 in magnitude. If it is zero at a random zeta then, except with probability 2^21 / p, all
// residues are: every derivative nets to zero, every asset is its reserve. A list of reserves chosen after zeta would
// prove nothing: a few of them can be solved for any sum.

template Netting(SLOTS) {
    input RangedSlots(SLOTS) slots;
    signal input zeta;
    signal output out;

    signal signedQuantity[SLOTS];
    signal term[SLOTS];
    var total = 0;
    for (var i = 0; i < SLOTS; i++) {
        signedQuantity[i] <== slots.quantity[i] * (1 - 2 * slots.isShort[i]);
        term[i] <-- zeta == slots.id[i] ? 0 : signedQuantity[i] / (zeta - slots.id[i]);
        // SOUNDNESS: one solution unless zeta is an id, one of 2^20 values fixed before it.
        term[i] * (zeta - slots.id[i]) === signedQuantity[i];
        total += term[i];
    }
    out <== total;
}
