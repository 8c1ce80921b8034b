pragma circom 2.2.3;

// COUNT values in consecutive windows of BITS, PER to an element. SOUNDNESS is the caller's: which sums fit a window.
template Pack(COUNT, BITS, PER) {
    assert(BITS * PER <= 252);
    signal input value[COUNT];
    signal output packed[(COUNT + PER - 1) \ PER];

    var element[(COUNT + PER - 1) \ PER];
    for (var i = 0; i < COUNT; i++) {
        element[i \ PER] += value[i] * (1 << (BITS * (i % PER)));
    }
    for (var e = 0; e < (COUNT + PER - 1) \ PER; e++) {
        packed[e] <== element[e];
    }
}
