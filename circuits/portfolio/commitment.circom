pragma circom 2.2.3;

include "math/hash.circom";
include "portfolio/slots.circom";

// commitment = H("portfolio", accountId, salt, packed slots): binds an account to its portfolio, and
// hides it behind the salt. `packed` comes from Slots, which ranged every limb.

template Commitment(SLOTS) {
    signal input accountId;
    signal input salt;
    signal input packed[packedSlots(SLOTS)];
    signal output out;

    var INPUTS = 2 + packedSlots(SLOTS);
    component h = Hash(HASH_PORTFOLIO(), INPUTS, 1);
    h.in[0] <== accountId;
    h.in[1] <== salt;
    for (var e = 0; e < packedSlots(SLOTS); e++) {
        h.in[2 + e] <== packed[e];
    }
    out <== h.out[0];
}
