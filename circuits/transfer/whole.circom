pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";

// An account that is handed over whole: nothing is left in its new portfolio but cash, in the open.
//
// isWhole                  0: nothing is asked; 1: the new portfolio is (cash, settlementId, long) in slot 0, or empty if
//                          cash is 0
// quantity, id, isShort    the new portfolio's slot 0, ranged; ids: the sum of all its ids
// salt                     its salt; context: what that must be
//
// SOUNDNESS: with isWhole = 1 every slot and the salt are functions of public signals, so the new commitment is too: anybody can
// open it. A salt of the buyer's choice would take the rest away from the account for good.

template Whole() {
    signal input {binary} isWhole;
    signal input {max} quantity;
    signal input {max} id;
    signal input {binary} isShort;
    signal input ids;
    signal input cash;
    signal input settlementId;
    signal input salt;
    signal input context;

    // 1. Slot 0 holds the cash, long.
    // SOUNDNESS: quantity is ranged, so cash is a number of 0 .. 2^36 - 1 lots.
    isWhole * (quantity - cash) === 0;
    isWhole * isShort === 0;

    // 2. Its id is the settlement asset's; without cash it is 0, not that of a slot of zero lots.
    signal noCash <== IsZero()(quantity);
    signal firstId <== (1 - noCash) * settlementId;
    isWhole * (id - firstId) === 0;

    // 3. All other slots are empty.
    // SOUNDNESS: ids is a sum that doesn't wrap (IdSum): less slot 0's, it is zero only if the others are empty.
    isWhole * (ids - id) === 0;

    // 4. The salt is in the open.
    isWhole * (salt - context) === 0;
}
