import { FIELD_MODULUS } from "../math/field.ts";
import type { ByteFile } from "./bytes.ts";
import { putElement } from "./element.ts";
import { ACCOUNT_BYTES, layoutOf, type TreeHeader } from "./layout.ts";
import { createPairHasher, NODE_BYTES, type PairHasher } from "./pair-hasher.ts";

// Worker threads load this module: nothing here may import src/math/poseidon.ts, whose ffjavascript takes any thread
// for one of its own.

/** The hash's domains and the empty subtrees' roots (depth + 1 elements), as plain data for other threads. */
export interface HashContext {
  readonly accountDomain: bigint;
  readonly nodeDomain: bigint;
  readonly empty: Uint8Array;
}

/** `write` fills the file's levels from its accounts, `compare` only checks them. */
export type Mode = "write" | "compare";

let hasher: PairHasher | undefined;
/** This thread's fast hash, compiled on first use. */
export function pairHasher(): PairHasher {
  hasher ??= createPairHasher();
  return hasher;
}

/**
 * All levels above the given nodes: element 0 is `bottom` itself, element l has `ceil(n / 2^l)` nodes. Places beyond the
 * last node count as empty.
 * @param level the level of `bottom` in the tree.
 */
export function levelsAbove(bottom: Buffer, level: number, levels: number, context: HashContext): Buffer[] {
  const { nodeDomain, empty } = context;
  const fast = pairHasher();
  const all = [bottom];
  let below = bottom;
  for (let l = level; l < level + levels; l++) {
    const count = below.length / NODE_BYTES;
    const above = Buffer.allocUnsafe(Math.ceil(count / 2) * NODE_BYTES);
    for (let i = 0; i + 1 < count; i += 2) {
      fast.hash(nodeDomain, below, i * NODE_BYTES, above, (i / 2) * NODE_BYTES);
    }
    if (count % 2 === 1) {
      const last = [
        below.subarray(below.length - NODE_BYTES),
        empty.subarray(l * NODE_BYTES, (l + 1) * NODE_BYTES),
      ];
      fast.hash(nodeDomain, Buffer.concat(last), 0, above, above.length - NODE_BYTES);
    }
    all.push(above);
    below = above;
  }
  return all;
}

/**
 * Hashes the accounts of an aligned subtree and all nodes of it.
 * @param first index of its first account, a multiple of 2^levels and below `count`.
 * @returns false when, in mode `compare`, the file has something else, or an element that is not canonical.
 */
export function hashAccounts(
  file: ByteFile,
  header: Pick<TreeHeader, "count" | "height">,
  first: number,
  levels: number,
  context: HashContext,
  mode: Mode,
): boolean {
  const count = Math.min(2 ** levels, header.count - first);
  const accounts = file.read(layoutOf(header).account(first), count * ACCOUNT_BYTES);
  if (!areCanonical(accounts)) return false;
  const leaves = Buffer.allocUnsafe(count * NODE_BYTES);
  const fast = pairHasher();
  for (let i = 0; i < count; i++) {
    fast.hash(context.accountDomain, accounts, i * ACCOUNT_BYTES, leaves, i * NODE_BYTES);
  }
  return store(file, header, levelsAbove(leaves, 0, levels, context), 0, first, mode);
}

/** The same from the stored nodes of `level` up to the file's highest: the levels above that one. */
export function hashUpper(
  file: ByteFile,
  header: Pick<TreeHeader, "count" | "height">,
  level: number,
  context: HashContext,
  mode: Mode,
): boolean {
  const count = Math.ceil(header.count / 2 ** level);
  const bottom = file.read(layoutOf(header).node(level, 0), count * NODE_BYTES);
  const levels = levelsAbove(bottom, level, header.height - level, context);
  return store(file, header, levels.slice(1), level + 1, 0, mode);
}

function store(
  file: ByteFile,
  header: Pick<TreeHeader, "height">,
  levels: readonly Buffer[],
  level: number,
  first: number,
  mode: Mode,
): boolean {
  const layout = layoutOf(header);
  return levels.every((nodes, above) => {
    const offset = layout.node(level + above, first / 2 ** (level + above));
    if (mode === "compare") return file.read(offset, nodes.length).equals(nodes);
    file.write(offset, nodes);
    return true;
  });
}

const MODULUS = Buffer.alloc(NODE_BYTES);
putElement(MODULUS, 0, FIELD_MODULUS);

function areCanonical(elements: Buffer): boolean {
  for (let at = 0; at < elements.length; at += NODE_BYTES) {
    if (elements.compare(MODULUS, 0, NODE_BYTES, at, at + NODE_BYTES) >= 0) return false;
  }
  return true;
}
