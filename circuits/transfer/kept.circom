pragma circom 2.2.3;

include "math/hash.circom";
include "portfolio/canonical.circom";

// A new portfolio that its owner opens without being told how: whoever proves a change of somebody else's account leaves
// one that follows from the old opening and what moved.
//
// isKept    0: nothing is asked; 1: newSalt = H("salt", oldSalt, context), and the slots are in order (Canonical)
// slots     the new portfolio's, ranged
// oldSalt   of the portfolio before, private; newSalt: of this one; context: the statement's
//
// SOUNDNESS: the statement conserves every instrument's net lots (Conservation), so the new net holdings are the old ones
// and what moved. In order there is one portfolio of these, under one salt: nothing is left to choose for who proves it, no
// split into two slots, no other place, no slot of zero lots. Where what moved is public (a deposit, a closing at a price),
// the old opening and public signals give the new opening, and nothing else does. Where it isn't (lots to a counterparty),
// the owner needs to be told the lots, and no more.
// Who was shown the old opening opens the new one too. The context has nonces or a deadline, and the chain of salts is one
// of hashes: a salt doesn't come back.

template Kept(SLOTS) {
    signal input {binary} isKept;
    input RangedSlots(SLOTS) slots;
    signal input oldSalt;
    signal input newSalt;
    signal input context;

    // 1. The slots are in order.
    component order = Canonical(SLOTS);
    order.isOn <== isKept;
    order.slots <== slots;

    // 2. The salt follows from the old one.
    component derived = Hash(HASH_SALT(), 2, 1);
    derived.in <== [oldSalt, context];
    isKept * (newSalt - derived.out[0]) === 0;
}
