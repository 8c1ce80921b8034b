pragma circom 2.2.3;

include "portfolio/account-tree.circom";

// The batch's leaves are those of aligned places of the accounts tree, and, where the batch says it is the last,
// nothing stands behind them.
//
// leaves        of ACCOUNTS consecutive places, a power of two
// index         the batch's number; the first place is index * ACCOUNTS
// isLast        1: every place beyond this batch is empty
// sibling       from the batch root's level upwards
//
// SOUNDNESS of isLast: the nodes to the right of a path are its right siblings and what is below them. An empty
// subtree's root is a constant; a right sibling that equals it has, by collision resistance, only leaves 0.

template BatchPlace(ACCOUNTS, DEPTH) {
    signal input leaves[ACCOUNTS];
    signal input accountsRoot;
    signal input index;
    signal input isLast;
    signal input indexBit[DEPTH - levelOf(ACCOUNTS)];
    signal input sibling[DEPTH - levelOf(ACCOUNTS)];
    signal output batchRoot;
    signal output {binary} last;

    var LEVEL = levelOf(ACCOUNTS);
    var HEIGHT = DEPTH - LEVEL;

    // 1. The leaves stand under the root, at the batch's place.
    component tree = Subtree(ACCOUNTS);
    tree.leaves <== leaves;
    batchRoot <== tree.root;
    component path = MerklePath(HEIGHT);
    path.node <== tree.root;
    path.indexBit <== indexBit;
    path.sibling <== sibling;
    path.root === accountsRoot;
    path.index === index;

    // 2. Nothing stands behind the last batch.
    last <== Bit()(isLast);
    component empty[DEPTH];
    signal emptyRoot[DEPTH + 1];
    signal strict[HEIGHT];
    emptyRoot[0] <== 0;
    for (var l = 0; l < DEPTH; l++) {
        empty[l] = TreeNode();
        empty[l].left <== emptyRoot[l];
        empty[l].right <== emptyRoot[l];
        emptyRoot[l + 1] <== empty[l].out;
    }
    for (var l = 0; l < HEIGHT; l++) {
        strict[l] <== last * (1 - indexBit[l]);
        strict[l] * (sibling[l] - emptyRoot[LEVEL + l]) === 0;
    }
}

function levelOf(ACCOUNTS) {
    var level = 0;
    while ((1 << level) < ACCOUNTS) {
        level++;
    }
    return level;
}
