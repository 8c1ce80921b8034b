import { BallastError } from "../errors.ts";
import { type Field, toField } from "../math/field.ts";
import { hash } from "../math/poseidon.ts";

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
