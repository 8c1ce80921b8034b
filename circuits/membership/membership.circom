pragma circom 2.2.3;

include "math/bind.circom";
include "portfolio/account-tree.circom";

// Proves: the accounts tree under `accountsRoot` has a leaf for `accountId` with `commitment`. Which place it stands at,
// and whatever else is in the tree, isn't shown.
//
// OUTSIDE THE PROOF, for the verifier to check:
//   - accountsRoot is that of a closed solvency run: only the run says that the accounts under the root net to zero;
//   - what may follow from a commitment of that age;
//   - context is the one of this chain, this ledger, this kind of fact and a deadline that hasn't passed.
//
// An id may stand at several places with several commitments: nothing in a root says that ids are unique. The run counts
// each of them, so the proof says that this commitment was counted, not that it was the account's only one.

template Membership(DEPTH) {
    // PUBLIC
    signal input accountsRoot;
    signal input accountId;
    signal input commitment;
    signal input context;                     // chain, ledger, kind and deadline

    // PRIVATE
    signal input indexBit[DEPTH];             // 1 where the node below is a right child, from the leaf upwards
    signal input sibling[DEPTH];

    // 1. The leaf stands under the root.
    // SOUNDNESS: leaves and nodes have hash domains of their own (AccountLeaf), so a node never passes as a leaf, nor a leaf
    // of a tree of another depth as one of this. No leaf of an account is 0, that of an empty place: it would be a
    // preimage of 0. Another id or commitment under the same root is a collision.
    component leaf = AccountLeaf();
    leaf.accountId <== accountId;
    leaf.commitment <== commitment;
    component path = MerklePath(DEPTH);
    path.node <== leaf.out;
    path.indexBit <== indexBit;
    path.sibling <== sibling;
    path.root === accountsRoot;
    _ <== path.index;

    // 2. The proof is for this context and no other.
    component bound = Bind();
    bound.context <== context;
}
