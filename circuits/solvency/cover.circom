pragma circom 2.2.3;

include "math/signed.circom";
include "solvency/shape.circom";

// The two largest shortfalls of a run in each state, for CPMI-IOSCO's cover-2. The run claims the second largest
// beforehand, in its hidden state; every batch shows that no account exceeds it but one that is marked.
//
// second        the claim, the same in all batches: m2, micro-USD
// isLargest     1 for the run's one account that may exceed m2, which has the largest shortfall m1
// isSecond      1 in the run's one batch that shows that m2 is attained
// largest       sum of the marked accounts' shortfalls: m1 in one batch, 0 in the others
// largestMarks  marked accounts in this batch; secondMarks: isSecond
//
// SOUNDNESS: the report demands one mark of each kind a state, over the whole run. Then all accounts but one have at
// most m2, one of these has exactly m2, and the report compares the one's m1 with m2: nothing else can be m1 and m2.
// m2 needs no range here: some account of any batch isn't marked (a batch of marked ones only fails the report, since
// marks never decrease), and m2 = its shortfall + a ranged gap, hence 0 <= m2 < 2^57 as integers.

template CoverTwo(ACCOUNTS, STATES) {
    assert(ACCOUNTS >= 2);
    signal input {max} shortfall[ACCOUNTS][STATES];
    signal input second[STATES];
    signal input isLargest[ACCOUNTS][STATES];
    signal input isSecond[STATES];
    signal output largest[STATES];
    signal output largestMarks[STATES];
    signal output secondMarks[STATES];

    assert(shortfall.max <= 1 << ACCOUNT_WINDOW());
    component mark[ACCOUNTS][STATES];
    component range[ACCOUNTS][STATES];
    signal gap[ACCOUNTS][STATES];
    signal open[ACCOUNTS + 1][STATES];
    component secondBit[STATES];
    for (var s = 0; s < STATES; s++) {
        var marks = 0;
        var gaps = 0;
        var differences = 0;
        open[0][s] <== 1;
        for (var a = 0; a < ACCOUNTS; a++) {
            mark[a][s] = Bit();
            mark[a][s].value <== isLargest[a][s];
            // 1. m2 - shortfall >= 0 unless marked.
            gap[a][s] <== (1 - mark[a][s].ranged) * (second[s] - shortfall[a][s]);
            range[a][s] = UnsignedRange(ACCOUNT_WINDOW());
            range[a][s].value <== gap[a][s];
            // SOUNDNESS: a factor is 0 only for an account that isn't marked and has exactly m2; a marked one's is 1.
            open[a + 1][s] <== open[a][s] * (range[a][s].ranged + isLargest[a][s]);
            marks += isLargest[a][s];
            gaps += gap[a][s];
            differences += second[s] - shortfall[a][s];
        }
        // 2. Attained where this batch says so.
        secondBit[s] = Bit();
        secondBit[s].value <== isSecond[s];
        secondBit[s].ranged * open[ACCOUNTS][s] === 0;
        secondMarks[s] <== isSecond[s];
        // 3. The sum of the marked shortfalls: with d = m2 - shortfall, sum of marked d = (sum of d) - (sum of gaps).
        largestMarks[s] <== marks;
        largest[s] <== marks * second[s] - differences + gaps;
    }
}
