pragma circom 2.2.3;

include "math/range.circom";
include "math/signed.circom";

// What a closing pays its holder, rounded up: payment = ceil(price * signedLots / 1e6), towards +infinity, so that
// rounding never costs the holder a lot.
//
// price        millionths of a settlement lot for a lot of the instrument, signed, |price| < 2^62
// signedLots   lots that are closed, positive for a long holder, negative for a short one
// payment      lots of the settlement asset to the holder, signed: a negative one is paid by the holder

function PRICE_BITS() { return 62; }

template PaymentUp() {
    signal input price;
    signal input {absmax} signedLots;
    signal input payment;
    signal output {absmax} ranged;

    var SCALE = 1000000;
    component priceRange = SignedBelow(PRICE_BITS());
    priceRange.value <== price;

    // SOUNDNESS: |price * signedLots| < 2^(62 + bits), and payment is ranged to as many bits less the scale's: wide enough
    // for every honest one, and nothing below wraps. Then 1e6 * payment = price * signedLots + excess with an excess of 0 ..
    // 999,999 leaves one payment: the ceiling.
    var BITS = PRICE_BITS() + bitLength(signedLots.absmax) - 19;
    assert(BITS + 21 <= MAX_BITS());
    component paymentRange = SignedRange(BITS);
    paymentRange.value <== payment;
    signal value <== priceRange.ranged * signedLots;
    component excessRange = UnsignedRange(20);
    excessRange.value <== SCALE * payment - value;
    component belowRange = UnsignedRange(20);
    belowRange.value <== SCALE - 1 - (SCALE * payment - value);

    _ <== excessRange.ranged;
    _ <== belowRange.ranged;
    _ <== paymentRange.isNegative;
    ranged.absmax = 1 << BITS;
    ranged <== paymentRange.ranged;
}
