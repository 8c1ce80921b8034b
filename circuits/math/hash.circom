pragma circom 2.2.3;

include "circomlib/circuits/poseidon.circom";

// H(tag, x_1..x_n): an overwrite-mode sponge over circomlib's Poseidon permutations (docs/protocol/encodings.md, 1).
// Element 0 of the state is the capacity: it starts as the domain and carries from block to block;
// outputs come from the other elements.

// ASCII of "ballast.<tag>", big-endian. test/circuits/hash.test.ts holds them against src/math/poseidon.ts.
function HASH_PORTFOLIO() { return 0x62616c6c6173742e706f7274666f6c696f; }
function HASH_BETA()      { return 0x62616c6c6173742e62657461; }
function HASH_ALPHA()     { return 0x62616c6c6173742e616c706861; }
function HASH_ACCOUNT()   { return 0x62616c6c6173742e6163636f756e74; }
function HASH_NODE()      { return 0x62616c6c6173742e6e6f6465; }
function HASH_STATE()     { return 0x62616c6c6173742e7374617465; }
function HASH_BATCH_BETA()  { return 0x62616c6c6173742e62617463682e62657461; }
function HASH_BATCH_ALPHA() { return 0x62616c6c6173742e62617463682e616c706861; }
function HASH_TRANSFER()  { return 0x62616c6c6173742e7472616e73666572; }
function HASH_REDUCTION() { return 0x62616c6c6173742e726564756374696f6e; }
function HASH_SALT()      { return 0x62616c6c6173742e73616c74; }
function HASH_DELEVERAGE() { return 0x62616c6c6173742e64656c65766572616765; }

template Hash(TAG, INPUTS, OUTPUTS) {
    assert(INPUTS >= 1 && INPUTS < 65536);
    signal input in[INPUTS];
    signal output out[OUTPUTS];

    var RATE = 16;
    var BLOCKS = (INPUTS + RATE - 1) \ RATE;
    var LAST = INPUTS - (BLOCKS - 1) * RATE;
    assert(OUTPUTS >= 1 && OUTPUTS <= LAST);

    // SOUNDNESS: the length in the capacity makes the input encoding prefix-free; the capacity never
    // leaves the sponge. Every signal here is a function of the inputs: there are no hints.
    signal capacity[BLOCKS];
    capacity[0] <== TAG * 65536 + INPUTS;

    component full[BLOCKS - 1];
    for (var b = 0; b < BLOCKS - 1; b++) {
        full[b] = PoseidonEx(RATE, 1);
        full[b].initialState <== capacity[b];
        for (var i = 0; i < RATE; i++) {
            full[b].inputs[i] <== in[b * RATE + i];
        }
        capacity[b + 1] <== full[b].out[0];
    }

    component last = PoseidonEx(LAST, OUTPUTS + 1);
    last.initialState <== capacity[BLOCKS - 1];
    for (var i = 0; i < LAST; i++) {
        last.inputs[i] <== in[(BLOCKS - 1) * RATE + i];
    }
    _ <== last.out[0];
    for (var i = 0; i < OUTPUTS; i++) {
        out[i] <== last.out[i + 1];
    }
}
