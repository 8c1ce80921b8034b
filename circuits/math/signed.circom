pragma circom 2.2.3;

include "math/range.circom";

// Parts of signed values, and the positive part of a difference. Each result keeps an inclusive bound.

// |value|
template Magnitude() {
    signal input {absmax} value;
    signal input {binary} isNegative;
    signal output {max} out;

    out.max = value.absmax;
    // SOUNDNESS: isNegative is the sign SignedRange derived from the same value, so the product is |value|.
    out <== value * (1 - 2 * isNegative);
}

// max(0, -value)
template NegativePart() {
    signal input {absmax} value;
    signal input {binary} isNegative;
    signal output {max} out;

    out.max = value.absmax;
    out <== -value * isNegative;
}

// max(0, a - b)
template Excess() {
    signal input {max} a;
    signal input {max} b;
    signal output {max} out;

    var bound = a.max > b.max ? a.max : b.max;
    var BITS = bitLength(bound);

    // SOUNDNESS: |a - b| <= bound < 2^BITS, so the signed check always succeeds for ranged inputs and
    // its sign bit is that of the integer a - b.
    component difference = SignedRange(BITS);
    difference.value <== a - b;

    out.max = a.max;
    out <== difference.ranged * (1 - difference.isNegative);
}

// a - b where b <= a; nothing else has a witness.
template Decrease() {
    signal input {max} a;
    signal input {max} b;
    signal output {max} out;

    assert(bitLength(b.max) <= MAX_BITS());
    // SOUNDNESS: where b > a the difference stands as p - (b - a) > p - 2^251 > 2^251, out of the range; where b <= a
    // it is at most a.max and in it.
    component difference = UnsignedRange(bitLength(a.max));
    difference.value <== a - b;
    out.max = a.max;
    out <== difference.ranged;
}

// min(a, CAP)
template AtMost(CAP) {
    signal input {max} a;
    signal output {max} out;

    signal {max} cap;
    cap.max = CAP;
    cap <== CAP;
    signal {max} excess <== Excess()(a, cap);
    out.max = CAP;
    out <== a - excess;
}

// a * b
template Product() {
    signal input {max} a;
    signal input {max} b;
    signal output {max} out;

    assert(bitLength(a.max) + bitLength(b.max) <= MAX_BITS());
    out.max = a.max * b.max;
    out <== a * b;
}

// a * CONSTANT, to bring a value to a common scale: no rounding anywhere.
template Scaled(CONSTANT) {
    signal input {max} a;
    signal output {max} out;

    assert(CONSTANT >= 1 && bitLength(a.max) + bitLength(CONSTANT) <= MAX_BITS());
    out.max = a.max * CONSTANT;
    out <== a * CONSTANT;
}

// Sum of COUNT values of one bound.
template Sum(COUNT) {
    signal input {max} terms[COUNT];
    signal output {max} out;

    assert(bitLength(terms.max) + bitLength(COUNT) <= MAX_BITS());
    var total = 0;
    for (var i = 0; i < COUNT; i++) {
        total += terms[i];
    }
    out.max = terms.max * COUNT;
    out <== total;
}

// 1 when value < bound, both scaled alike.
template IsBelow() {
    signal input {absmax} value;
    signal input {max} bound;
    signal output {binary} out;

    var BITS = bitLength(value.absmax + bound.max);
    // SOUNDNESS: |value - bound| <= absmax + max < 2^BITS: the sign of the difference is exact.
    component difference = SignedRange(BITS);
    difference.value <== value - bound;
    _ <== difference.ranged;
    out <== difference.isNegative;
}
