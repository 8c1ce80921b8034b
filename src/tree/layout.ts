import { createHash } from "node:crypto";
import { BallastError } from "../errors.ts";
import type { Field } from "../math/field.ts";
import { getElement, MAX_DEPTH, putElement } from "./element.ts";
import { NODE_BYTES } from "./pair-hasher.ts";

/** What the head of a tree file says. */
export interface TreeHeader {
  /** Levels above the leaves: the tree has 2^depth places. */
  readonly depth: number;
  /** Accounts, at the places 0..count-1. */
  readonly count: number;
  /** Levels that are stored: the file has room for 2^height accounts, height <= depth. */
  readonly height: number;
  readonly root: Field;
}

/** Where things are in a tree file, in bytes. docs/protocol/accounts-tree.md has the format. */
export interface Layout {
  readonly capacity: number;
  /** Of account `index`: accountId, then commitment. */
  readonly account: (index: number) => number;
  /** Of a stored node, level <= height. */
  readonly node: (level: number, index: number) => number;
  /** Of the index of account ids: 2 * capacity words of 4 bytes. */
  readonly ids: number;
  readonly size: number;
}

export const ACCOUNT_BYTES = 2 * NODE_BYTES;
export const ID_SLOT_BYTES = 4;
export const HEADER_BYTES = 128;
const MAGIC = Buffer.from("ballast.tree/1\n\0", "latin1");
const [DEPTH_AT, COUNT_AT, HEIGHT_AT, ROOT_AT, CHECKSUM_AT] = [16, 20, 24, 32, 64];

/** The least height with room for `count` accounts. */
export function heightFor(count: number): number {
  let height = 0;
  while (2 ** height < count) height++;
  return height;
}

export function layoutOf({ height }: Pick<TreeHeader, "height">): Layout {
  const capacity = 2 ** height;
  const nodes = HEADER_BYTES + capacity * ACCOUNT_BYTES;
  const ids = nodes + (2 * capacity - 1) * NODE_BYTES;
  return {
    capacity,
    account: (index) => HEADER_BYTES + index * ACCOUNT_BYTES,
    // The levels below have capacity + capacity/2 + ... nodes.
    node: (level, index) => nodes + (2 * capacity - 2 * (capacity / 2 ** level) + index) * NODE_BYTES,
    ids,
    size: ids + 2 * capacity * ID_SLOT_BYTES,
  };
}

export function encodeHeader({ depth, count, height, root }: TreeHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32BE(depth, DEPTH_AT);
  bytes.writeUInt32BE(count, COUNT_AT);
  bytes.writeUInt32BE(height, HEIGHT_AT);
  putElement(bytes, ROOT_AT, root);
  checksum(bytes).copy(bytes, CHECKSUM_AT);
  return bytes;
}

/**
 * @param path for the message.
 * @throws {BallastError} INVALID_INPUT when this is no tree file, TREE_DAMAGED when its checksum or a number is wrong.
 */
export function decodeHeader(bytes: Buffer, path: string): TreeHeader {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new BallastError("INVALID_INPUT", `${path} is not an accounts tree.`, {
      hint: "Give the file that `ballast inclusion build` wrote.",
    });
  }
  if (!checksum(bytes).equals(bytes.subarray(CHECKSUM_AT, CHECKSUM_AT + 32))) throw damaged(path, "head");
  const [depth, count, height] = [DEPTH_AT, COUNT_AT, HEIGHT_AT].map((at) => bytes.readUInt32BE(at));
  if (depth === undefined || count === undefined || height === undefined) throw damaged(path, "head");
  if (depth > MAX_DEPTH || height > depth || count < 1 || count > 2 ** height) throw damaged(path, "head");
  return { depth, count, height, root: getElement(bytes, ROOT_AT) };
}

const DAMAGES = {
  head: "its head's checksum is another one",
  size: "it has another size than its head says",
  nodes: "its nodes don't lead to its root",
  ids: "its index of account ids is not that of its accounts",
} as const;

/**
 * The error of every file whose content contradicts itself.
 * @param part what of the file is damaged.
 */
export function damaged(path: string, part: keyof typeof DAMAGES = "nodes"): BallastError {
  return new BallastError("TREE_DAMAGED", `The accounts tree ${path} is damaged: ${DAMAGES[part]}.`, {
    hint: "Restore it from a backup, or build it again from the accounts file.",
    details: { part },
  });
}

/** @throws {BallastError} INVALID_INPUT. */
export function checkDepth(depth: number): void {
  if (Number.isInteger(depth) && depth >= 1 && depth <= MAX_DEPTH) return;
  throw new BallastError("INVALID_INPUT", `A tree has 1 to ${MAX_DEPTH} levels.`, {
    hint: "20 levels hold a million accounts.",
  });
}

/** @throws {BallastError} INVALID_INPUT when the tree has no room for so many accounts. */
export function checkRoom(count: number, depth: number): void {
  if (count <= 2 ** depth) return;
  throw new BallastError(
    "INVALID_INPUT",
    `A tree of ${depth} levels has no room for more than ${2 ** depth} accounts.`,
    {
      hint: `Build it with ${Math.min(depth + 1, MAX_DEPTH)} levels or more; circuits and verifiers must agree on the depth.`,
      inputs: ["tree.depth"],
    },
  );
}

function checksum(header: Buffer): Buffer {
  return createHash("sha256").update(header.subarray(0, CHECKSUM_AT)).digest();
}
