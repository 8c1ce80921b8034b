pragma circom 2.2.3;

include "math/bind.circom";
include "math/hash.circom";
include "math/range.circom";
include "math/signed.circom";
include "portfolio/opened.circom";
include "transfer/conservation.circom";
include "transfer/holding.circom";
include "transfer/kept.circom";
include "transfer/rest.circom";
include "transfer/whole.circom";

// Proves: positions moved between account A (which sells, or is liquidated) and account B (its counterparty), nothing was
// made or lost, and A was paid `cash`. B may be absent: then tokens enter or leave A's account alone.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - oldA and oldB are the accounts' current commitments, and the accounts are two;
//   - who may call, and that A and B agreed where they must;
//   - settlementId is the id of the vault's settlement asset, 1 .. 2^20 - 1. With another one the proof says nothing about
//     tokens, but no more than it should: no slot has such an id, so cash + funding and funding are zero;
//   - funding is what the vault took in, or paid out;
//   - context is the one of this chain, this ledger, this purpose, both accounts' nonces and a deadline that hasn't passed;
//   - that the new portfolios can be margined: one with an id in two slots, or with an id that the snapshot's table
//     doesn't have, has no coverage proof.

function FLOW_BITS() { return 44; }

template Transfer(SLOTS) {
    // PUBLIC
    signal input accountA;
    signal input oldA;
    signal input newA;
    signal input accountB;                    // 0 without a counterparty, and so are
    signal input oldB;
    signal input newB;
    signal input settlementId;                // instrument id of the settlement asset
    signal input cash;                        // lots that B pays A, signed, |cash| < 2^44
    signal input funding;                     // lots that enter A from outside, signed, |funding| < 2^44
    signal input rest;                        // what A is left: 0 free, 1 whole, 2 kept (Rest)
    signal input context;                     // chain, ledger, purpose, nonces and deadline

    // PRIVATE: A's old and new portfolio, then B's
    signal input hasB;
    signal input salt[4];
    signal input quantity[4][SLOTS];          // lots, < 2^36
    signal input id[4][SLOTS];                // instrument id, < 2^20; 0 for an empty slot
    signal input isShort[4][SLOTS];           // 0 or 1

    // 1. The portfolios.
    component portfolio[4];
    for (var k = 0; k < 4; k++) {
        portfolio[k] = Opened(SLOTS);
        portfolio[k].accountId <== k < 2 ? accountA : accountB;
        portfolio[k].salt <== salt[k];
        portfolio[k].quantity <== quantity[k];
        portfolio[k].id <== id[k];
        portfolio[k].isShort <== isShort[k];
    }
    portfolio[0].commitment === oldA;
    portfolio[1].commitment === newA;

    // 2. B, or nobody.
    // SOUNDNESS: a bit. With 1 both commitments open; with 0 they, the id and all slots are zero. Nobody knows an opening of
    // a commitment that is 0, so hasB follows from oldB.
    signal {binary} isThere <== Bit()(hasB);
    isThere * portfolio[2].commitment === oldB;
    isThere * portfolio[3].commitment === newB;
    (1 - isThere) * accountB === 0;
    component ids[3];
    for (var k = 0; k < 3; k++) {
        ids[k] = IdSum(SLOTS);
        ids[k].id <== portfolio[k + 1].ranged.id;
    }
    (1 - isThere) * ids[1].sum === 0;
    (1 - isThere) * ids[2].sum === 0;

    // 3. Funding and cash.
    component fundingRange = SignedBelow(FLOW_BITS());
    fundingRange.value <== funding;
    component cashRange = SignedBelow(FLOW_BITS());
    cashRange.value <== cash;

    // 4. Conservation.
    // SOUNDNESS: all that enters the equation is fixed before alpha: slots by the four commitments (B's are empty where its
    // commitments are 0), funding and settlementId by themselves.
    component challenge = Hash(HASH_TRANSFER(), 6, 1);
    challenge.in <== [oldA, oldB, newA, newB, settlementId, funding];
    component conserved = Conservation(2, SLOTS, 1);
    for (var a = 0; a < 2; a++) {
        conserved.before[a] <== portfolio[2 * a].ranged;
        conserved.after[a] <== portfolio[2 * a + 1].ranged;
    }
    conserved.flow[0] <== fundingRange.ranged;
    conserved.flowId[0] <== settlementId;
    conserved.alpha <== challenge.out[0];

    // 5. What B pays A, unless A is handed over whole: then cash is what A keeps.
    component held[2];
    for (var k = 0; k < 2; k++) {
        held[k] = Holding(SLOTS);
        held[k].slots <== portfolio[k].ranged;
        held[k].instrumentId <== settlementId;
    }
    // SOUNDNESS: holdings are below 2^43, cash and funding below 2^44 in magnitude: the difference doesn't wrap.
    component left = Rest();
    left.rest <== rest;
    (1 - left.isWhole) * (held[1].holding - held[0].holding - cashRange.ranged - fundingRange.ranged) === 0;

    // 6. An account that is handed over whole.
    component whole = Whole();
    whole.isWhole <== left.isWhole;
    whole.quantity <== portfolio[1].ranged.quantity[0];
    whole.id <== portfolio[1].ranged.id[0];
    whole.isShort <== portfolio[1].ranged.isShort[0];
    whole.ids <== ids[0].sum;
    whole.cash <== cashRange.ranged;
    whole.settlementId <== settlementId;
    whole.salt <== salt[1];
    whole.context <== context;

    // 7. A portfolio that A's owner can derive.
    component kept = Kept(SLOTS);
    kept.isKept <== left.isKept;
    kept.slots <== portfolio[1].ranged;
    kept.oldSalt <== salt[0];
    kept.newSalt <== salt[1];
    kept.context <== context;

    // 8. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
