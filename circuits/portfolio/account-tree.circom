pragma circom 2.2.3;

include "math/hash.circom";
include "math/range.circom";

// The accounts tree: a binary Merkle tree of depth D over all accounts of a venue (docs/protocol/accounts-tree.md).
//
// leaf   H("account", accountId, commitment), or 0 for a place without an account
// node   H("node", left, right)
//
// SOUNDNESS: leaves and nodes have domains of their own, so no node passes as a leaf and no path of another
// length leads to the same root. An account whose leaf is 0 would be a preimage of 0.

template AccountLeaf() {
    signal input accountId;
    signal input commitment;
    signal output out;

    component h = Hash(HASH_ACCOUNT(), 2, 1);
    h.in[0] <== accountId;
    h.in[1] <== commitment;
    out <== h.out[0];
}

template TreeNode() {
    signal input left;
    signal input right;
    signal output out;

    component h = Hash(HASH_NODE(), 2, 1);
    h.in[0] <== left;
    h.in[1] <== right;
    out <== h.out[0];
}

// The root of an aligned subtree of LEAVES leaves, a power of two.
template Subtree(LEAVES) {
    assert(LEAVES >= 1 && (LEAVES & (LEAVES - 1)) == 0);
    signal input leaves[LEAVES];
    signal output root;

    // Heap order: node k has children 2k and 2k + 1, the leaves are nodes LEAVES .. 2*LEAVES - 1.
    signal node[2 * LEAVES];
    node[0] <== 0;
    for (var i = 0; i < LEAVES; i++) {
        node[LEAVES + i] <== leaves[i];
    }
    component parent[LEAVES];
    for (var k = LEAVES - 1; k >= 1; k--) {
        parent[k] = TreeNode();
        parent[k].left <== node[2 * k];
        parent[k].right <== node[2 * k + 1];
        node[k] <== parent[k].out;
    }
    root <== node[1];
}

// The root above a node: a leaf, or a subtree's root.
//
// indexBit   from the node's level upwards: 1 when the node below is a right child
// index      the node's place on its level, sum of indexBit[i] * 2^i
template MerklePath(DEPTH) {
    assert(DEPTH >= 1 && DEPTH <= 64);
    signal input node;
    signal input indexBit[DEPTH];
    signal input sibling[DEPTH];
    signal output root;
    signal output index;

    component bit[DEPTH];
    component parent[DEPTH];
    signal swap[DEPTH];
    signal current[DEPTH + 1];
    current[0] <== node;
    var place = 0;
    for (var i = 0; i < DEPTH; i++) {
        bit[i] = Bit();
        bit[i].value <== indexBit[i];
        // SOUNDNESS: with a bit of 0 or 1 the children are (current, sibling) or (sibling, current), never a
        // mixture. DEPTH bits stand for exactly one index below 2^DEPTH < p.
        swap[i] <== bit[i].ranged * (sibling[i] - current[i]);
        parent[i] = TreeNode();
        parent[i].left <== current[i] + swap[i];
        parent[i].right <== sibling[i] - swap[i];
        current[i + 1] <== parent[i].out;
        place += indexBit[i] * (1 << i);
    }
    root <== current[DEPTH];
    index <== place;
}
