pragma circom 2.2.3;

include "math/bind.circom";
include "math/hash.circom";
include "math/range.circom";
include "math/signed.circom";
include "portfolio/opened.circom";
include "transfer/conservation.circom";
include "transfer/holding.circom";
include "transfer/kept.circom";
include "transfer/payment.circom";
include "transfer/share.circom";

// Proves one holder's part of a pro-rata closing: of its `q` lots of an instrument on one side, exactly
// closed = floor(closing * q / open) are closed at `price`, the settlement asset pays for them, and nothing else changes;
// the new opening is one that the holder derives. With closing = open it shows the holding itself: closed = q.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - oldCommitment is the account's current one, and who may call;
//   - a transfer proof over the same two commitments moves the lots to, and the cash from, the clearing house;
//   - `open` is the sum of all holders' lots on that side, `closing` what is closed of them, and the price the case's;
//   - settlementId is the vault's settlement asset, and instrumentId a derivative's. Of an id that no slot has, q is 0:
//     then closed and payment are 0, and nothing changes but the salt, and slots that come in order;
//   - context is the one of this chain, this ledger, this kind of fact and a deadline that hasn't passed. It has no
//     nonce: the transfer over the same commitments has.

template Deleverage(SLOTS) {
    // PUBLIC
    signal input accountId;
    signal input oldCommitment;
    signal input newCommitment;
    signal input settlementId;                // instrument id of the settlement asset
    signal input instrumentId;                // what is closed; not settlementId
    signal input isShort;                     // 0 or 1: the holder's side
    signal input closing;                     // lots to close in all, 1 <= closing <= open
    signal input open;                        // lots of all holders of that side, < 2^64
    signal input price;                       // millionths of a settlement lot for a lot, signed, |price| < 2^62
    signal input closed;                      // this holder's part, lots
    signal input context;                     // chain, ledger, kind and deadline

    // PRIVATE: the old and the new portfolio
    signal input payment;                     // settlement lots to the holder, signed
    signal input salt[2];
    signal input quantity[2][SLOTS];          // lots, < 2^36
    signal input id[2][SLOTS];                // instrument id, < 2^20; 0 for an empty slot
    signal input side[2][SLOTS];              // 0 long, 1 short

    // 1. The portfolios.
    component portfolio[2];
    for (var k = 0; k < 2; k++) {
        portfolio[k] = Opened(SLOTS);
        portfolio[k].accountId <== accountId;
        portfolio[k].salt <== salt[k];
        portfolio[k].quantity <== quantity[k];
        portfolio[k].id <== id[k];
        portfolio[k].isShort <== side[k];
    }
    portfolio[0].commitment === oldCommitment;
    portfolio[1].commitment === newCommitment;

    // 2. Closing must not be mixed with paying for it.
    signal inverse <-- instrumentId == settlementId ? 0 : 1 / (instrumentId - settlementId);
    // SOUNDNESS: 0 has no inverse.
    inverse * (instrumentId - settlementId) === 1;

    // 3. The holding on the stated side: q >= 0.
    component held = Holding(SLOTS);
    held.slots <== portfolio[0].ranged;
    held.instrumentId <== instrumentId;
    signal {binary} isBelow <== Bit()(isShort);
    component q = UnsignedRange(bitLength(held.holding.absmax));
    q.value <== held.holding * (1 - 2 * isBelow);

    // 4. The holder's part, and what it is paid.
    component share = ShareDown();
    share.q <== q.ranged;
    share.closing <== closing;
    share.open <== open;
    share.closed <== closed;
    signal {absmax} signedLots;
    signedLots.absmax = share.ranged.max;
    signedLots <== share.ranged * (1 - 2 * isBelow);
    component paid = PaymentUp();
    paid.price <== price;
    paid.signedLots <== signedLots;
    paid.payment <== payment;

    // 5. Everything else stays as it is.
    // SOUNDNESS: all that enters the equation is fixed before alpha: slots by both commitments, the two flows and their ids by
    // themselves. A flow of -closed to a long holder, +closed to a short one, brings the holding nearer to zero.
    component challenge = Hash(HASH_DELEVERAGE(), 7, 1);
    challenge.in <== [oldCommitment, newCommitment, settlementId, instrumentId, isShort, closed, payment];
    signal {absmax} flow[2];
    flow.absmax = paid.ranged.absmax > signedLots.absmax ? paid.ranged.absmax : signedLots.absmax;
    flow[0] <== -signedLots;
    flow[1] <== paid.ranged;
    component conserved = Conservation(1, SLOTS, 2);
    conserved.before[0] <== portfolio[0].ranged;
    conserved.after[0] <== portfolio[1].ranged;
    conserved.flow <== flow;
    conserved.flowId <== [instrumentId, settlementId];
    conserved.alpha <== challenge.out[0];

    // 6. The holder can derive the new portfolio.
    // SOUNDNESS: closed is public, and payment follows from it and the price: the old opening gives the new one (Kept).
    signal {binary} always <== 1;
    component kept = Kept(SLOTS);
    kept.isKept <== always;
    kept.slots <== portfolio[1].ranged;
    kept.oldSalt <== salt[0];
    kept.newSalt <== salt[1];
    kept.context <== context;

    // 7. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
