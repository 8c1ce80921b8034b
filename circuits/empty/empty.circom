pragma circom 2.2.3;

include "math/bind.circom";
include "portfolio/commitment.circom";
include "portfolio/slots.circom";

// Proves: `commitment` of `accountId` opens to a portfolio without positions, in an instance of SLOTS slots.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - SLOTS is the venue's number of slots: the same portfolio commits otherwise in another;
//   - whose account it is, and that it is a new one;
//   - context is the one of this chain, this ledger, this kind of fact and a deadline that hasn't passed.

template Empty(SLOTS) {
    // PUBLIC
    signal input accountId;
    signal input commitment;
    signal input context;                     // chain, ledger, kind and deadline

    // PRIVATE
    signal input salt;

    // 1. The commitment is that of empty slots.
    // SOUNDNESS: an empty slot packs to 0, and a ranged one that isn't empty to another number (Slots): so the packed
    // elements are constants here, and nothing is left to choose but the salt. Whoever later opens this commitment to a
    // portfolio with a position has a collision.
    component opening = Commitment(SLOTS);
    opening.accountId <== accountId;
    opening.salt <== salt;
    for (var e = 0; e < packedSlots(SLOTS); e++) {
        opening.packed[e] <== 0;
    }
    opening.out === commitment;

    // 2. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
