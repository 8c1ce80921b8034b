pragma circom 2.2.3;

// Ties a proof to what it is for: chain, contract, purpose, deadline or nonce.
//
// context   any field element, public
//
// SOUNDNESS: a public input that no constraint mentions may have zero for its point of the verifying key: then a proof for
// one value holds for every other. Squared, it is in a constraint, whatever the setup adds.

template Bind() {
    signal input context;

    signal squared <== context * context;
    _ <== squared;
}
