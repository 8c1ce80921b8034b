pragma circom 2.2.3;

include "math/range.circom";

// The largest of COUNT values and the first index at which it stands.
//
// value     0 .. value.max
// maximum   max(value); index   the least i with value[i] = maximum, 0 .. COUNT - 1

template FirstMaximum(COUNT) {
    assert(COUNT >= 1);
    signal input {max} value[COUNT];
    signal output {max} maximum;
    signal output index;

    // 1. The place, one-hot.
    var best = 0;
    for (var i = 1; i < COUNT; i++) {
        if (value[i] > value[best]) {
            best = i;
        }
    }
    signal isPlace[COUNT];
    component bit[COUNT];
    signal chosen[COUNT];
    var marks = 0;
    var place = 0;
    var total = 0;
    for (var i = 0; i < COUNT; i++) {
        isPlace[i] <-- best == i ? 1 : 0;
        bit[i] = Bit();
        bit[i].value <== isPlace[i];
        chosen[i] <== bit[i].ranged * value[i];
        marks += isPlace[i];
        place += i * isPlace[i];
        total += chosen[i];
    }
    marks === 1;
    maximum.max = value.max;
    maximum <== total;
    index <== place;

    // 2. SOUNDNESS: exactly one bit is set, so maximum is the value there. No value exceeds it, and those before the
    // place stay below it by at least one: no other place satisfies both. Differences of ranged values don't wrap.
    component range[COUNT];
    var before = 1;
    for (var i = 0; i < COUNT; i++) {
        before -= isPlace[i];
        range[i] = UnsignedRange(bitLength(value.max));
        range[i].value <== maximum - value[i] - before;
        _ <== range[i].ranged;
    }
}
