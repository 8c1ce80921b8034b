pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";

// Range checks: the only door through which an untagged signal becomes a tagged one.
//
// Tags carry INCLUSIVE bounds on the integer a signal stands for:
//   {max}     0 <= value <= value.max
//   {absmax}  -absmax <= value <= absmax, negative values as p - |value|
//   {binary}  0 or 1
// Arithmetic gadgets take only tagged inputs and check at compile time that no result can wrap.

// All bounds stay below this, so that a sum of two never reaches p/2 (p is just above 2^253.5).
function MAX_BITS() {
    return 251;
}

// The smallest b with value < 2^b.
function bitLength(value) {
    // Compile-time constants above p/2 compare as negative: a wrapped bound must not pass as a small one.
    assert(value >= 0);
    var bits = 0;
    var power = 1;
    while (power <= value) {
        power *= 2;
        bits += 1;
    }
    return bits;
}

// 0 <= value < 2^BITS.
template UnsignedRange(BITS) {
    assert(BITS >= 1 && BITS <= MAX_BITS());
    signal input value;
    signal output {max} ranged;

    // SOUNDNESS: BITS boolean bits sum to the value over the integers because 2^BITS < p, so the
    // decomposition exists only for values in the range, and then it is unique.
    signal bits[BITS] <== Num2Bits(BITS)(value);
    _ <== bits;

    ranged.max = (1 << BITS) - 1;
    ranged <== value;
}

// -2^BITS <= value < 2^BITS, and its sign.
template SignedRange(BITS) {
    assert(BITS >= 1 && BITS < MAX_BITS());
    signal input value;
    signal output {absmax} ranged;
    signal output {binary} isNegative;

    // SOUNDNESS: value + 2^BITS fits BITS+1 bits exactly for the stated window; the top bit is set
    // exactly when value >= 0. 2^(BITS+1) < p keeps the decomposition unique.
    signal bits[BITS + 1] <== Num2Bits(BITS + 1)(value + (1 << BITS));
    for (var i = 0; i < BITS; i++) {
        _ <== bits[i];
    }

    isNegative <== 1 - bits[BITS];
    ranged.absmax = 1 << BITS;
    ranged <== value;
}

// -2^BITS < value < 2^BITS: as many values to either side.
template SignedBelow(BITS) {
    signal input value;
    signal output {absmax} ranged;

    component range = SignedRange(BITS);
    range.value <== value;
    // SOUNDNESS: the sign is the value's, so this is |value|, at most 2^BITS; the range leaves out 2^BITS itself.
    component magnitude = UnsignedRange(BITS);
    magnitude.value <== range.ranged * (1 - 2 * range.isNegative);
    _ <== magnitude.ranged;

    ranged.absmax = (1 << BITS) - 1;
    ranged <== value;
}

// 0 or 1.
template Bit() {
    signal input value;
    signal output {binary} ranged;

    value * (1 - value) === 0;
    ranged <== value;
}
