import { BallastError } from "../errors.ts";
import { type Field, toField } from "../math/field.ts";
import { hash, hashDomain } from "../math/poseidon.ts";
import { getElement, putElement } from "./element.ts";
import type { HashContext } from "./levels.ts";
import { NODE_BYTES } from "./pair-hasher.ts";

/** What a leaf binds: who, and what they hold. */
export interface Account {
  readonly accountId: Field;
  readonly commitment: Field;
}

/** A million accounts. */
export const DEFAULT_DEPTH = 20;
/** The leaf of a place without an account: nobody knows an account that hashes to it. */
export const EMPTY_LEAF: Field = toField(0n);

/** `H("account", [accountId, commitment])`. */
export function leafOf({ accountId, commitment }: Account): Field {
  return hash("account", [accountId, commitment]);
}

/** `H("node", [left, right])`. */
export function nodeOf(left: Field, right: Field): Field {
  return hash("node", [left, right]);
}

/** Roots of subtrees without accounts: element l is that of 2^l empty leaves, l = 0..depth. */
export function emptyRoots(depth: number): Field[] {
  const roots: Field[] = [EMPTY_LEAF];
  for (let level = 0; level < depth; level++) {
    const below = roots[level] ?? EMPTY_LEAF;
    roots.push(nodeOf(below, below));
  }
  return roots;
}

/**
 * The root that a node and its siblings imply.
 * @param node a leaf, or the root of an aligned subtree.
 * @param index its place among the nodes of its level, 0 <= index < 2^siblings.length.
 * @param siblings from the node's own level upwards.
 * @throws {BallastError} OUT_OF_RANGE for an index that the siblings can't reach.
 */
export function rootOf(node: Field, index: number, siblings: readonly Field[]): Field {
  if (!Number.isSafeInteger(index) || index < 0 || index >= 2 ** siblings.length) {
    throw new BallastError("OUT_OF_RANGE", `A path of ${siblings.length} levels has no place ${index}.`);
  }
  return siblings.reduce((current, sibling, level) => {
    const isRight = Math.floor(index / 2 ** level) % 2 === 1;
    return isRight ? nodeOf(sibling, current) : nodeOf(current, sibling);
  }, node);
}

/** What a thread without src/math/poseidon.ts needs to hash a tree of this depth. */
export function hashContext(depth: number): HashContext {
  const empty = Buffer.alloc((depth + 1) * NODE_BYTES);
  emptyRoots(depth).forEach((root, level) => {
    putElement(empty, level * NODE_BYTES, root);
  });
  return { accountDomain: hashDomain("account", 2), nodeDomain: hashDomain("node", 2), empty };
}

/** The tree's root from that of its stored levels: what lies to the right of them is empty. */
export function topRoot(
  stored: Buffer,
  { depth, height }: { readonly depth: number; readonly height: number },
): Field {
  return rootOf(getElement(stored, 0), 0, emptyRoots(depth).slice(height, depth));
}
