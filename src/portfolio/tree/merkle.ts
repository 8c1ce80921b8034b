import { BallastError } from "../../errors.ts";
import { type Field, toField } from "../../math/field.ts";
import { hash, hashDomain } from "../../math/poseidon.ts";
import { createPairHasher, NODE_BYTES, type PairHasher } from "./pair-hasher.ts";

/** What a leaf binds: who, and what they hold. */
export interface Account {
  readonly accountId: Field;
  readonly commitment: Field;
}

/** A million accounts. */
export const DEFAULT_DEPTH = 20;
/** Indices are 32-bit words in the file. */
export const MAX_DEPTH = 30;
/** The leaf of a place without an account: nobody knows an account that hashes to it. */
export const EMPTY_LEAF: Field = toField(0n);

export const ACCOUNT_DOMAIN = hashDomain("account", 2);
export const NODE_DOMAIN = hashDomain("node", 2);

let hasher: PairHasher | undefined;
/** This thread's fast hash, compiled on first use. */
export function pairHasher(): PairHasher {
  hasher ??= createPairHasher();
  return hasher;
}

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

/** Writes an element as 32 bytes, big-endian. */
export function putElement(bytes: Buffer, offset: number, value: Field): void {
  for (let word = 0; word < 4; word++) {
    bytes.writeBigUInt64BE((value >> BigInt(192 - 64 * word)) & 0xffffffffffffffffn, offset + 8 * word);
  }
}

/** Reads what {@link putElement} wrote. @throws {BallastError} OUT_OF_RANGE when it is not canonical. */
export function getElement(bytes: Buffer, offset: number): Field {
  const value = [0, 8, 16, 24].reduce((sum, at) => (sum << 64n) | bytes.readBigUInt64BE(offset + at), 0n);
  return toField(value, "stored node");
}

/**
 * All levels above the given nodes: element 0 is `bottom` itself, element l has `ceil(n / 2^l)` nodes. Places beyond the last node
 * count as empty.
 * @param level the level of `bottom` in the tree.
 * @param empty {@link emptyRoots} of the tree, as bytes, one after the other.
 */
export function levelsAbove(bottom: Buffer, level: number, levels: number, empty: Buffer): Buffer[] {
  const all = [bottom];
  const fast = pairHasher();
  const pair = Buffer.alloc(2 * NODE_BYTES);
  let below = bottom;
  for (let l = 0; l < levels; l++) {
    const count = below.length / NODE_BYTES;
    const above = Buffer.allocUnsafe(Math.ceil(count / 2) * NODE_BYTES);
    for (let i = 0; i + 1 < count; i += 2) {
      fast.hash(NODE_DOMAIN, below, i * NODE_BYTES, above, (i / 2) * NODE_BYTES);
    }
    if (count % 2 === 1) {
      below.copy(pair, 0, (count - 1) * NODE_BYTES);
      empty.copy(pair, NODE_BYTES, (level + l) * NODE_BYTES, (level + l + 1) * NODE_BYTES);
      fast.hash(NODE_DOMAIN, pair, 0, above, above.length - NODE_BYTES);
    }
    all.push(above);
    below = above;
  }
  return all;
}

/** {@link emptyRoots} as bytes. */
export function emptyRootBytes(depth: number): Buffer {
  const bytes = Buffer.alloc((depth + 1) * NODE_BYTES);
  emptyRoots(depth).forEach((root, level) => {
    putElement(bytes, level * NODE_BYTES, root);
  });
  return bytes;
}
