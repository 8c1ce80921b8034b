import { fstatSync } from "node:fs";
import { BallastError } from "../errors.ts";
import { type Field, formatField } from "../math/field.ts";
import { Meter, type OnTreeProgress } from "../meter.ts";
import { type Account, EMPTY_LEAF, emptyRoots, leafOf, nodeOf, rootOf } from "../portfolio/merkle.ts";
import { ByteFile } from "./bytes.ts";
import { getElement, putElement } from "./element.ts";
import { hashTree } from "./hash-tree.ts";
import { firstSlot, IdIndex } from "./id-index.ts";
import {
  ACCOUNT_BYTES,
  damaged,
  decodeHeader,
  HEADER_BYTES,
  ID_SLOT_BYTES,
  type Layout,
  layoutOf,
  type TreeHeader,
} from "./layout.ts";
import { hashContext } from "./merkle.ts";
import { NODE_BYTES } from "./pair-hasher.ts";

/** Accounts whose paths are recomputed when a tree is opened: the first, the last and some between. */
const SAMPLED = 5;

/** An aligned run of 2^k places with the path of its root: what a batch of a solvency run takes. */
export interface Batch {
  /** One entry a place; null for a place without an account (its leaf is 0). */
  readonly accounts: readonly (Account | null)[];
  readonly root: Field;
  /** From the batch's level upwards. */
  readonly siblings: readonly Field[];
}

/**
 * A tree file, opened for reading; nodes are read when they are asked for. Every path is checked against the root before it is
 * given away, so a damaged file gives errors and never a wrong proof. A file that is replaced meanwhile stays readable as it was.
 */
export class AccountTree {
  readonly path: string;
  readonly header: TreeHeader;
  readonly #file: ByteFile;
  readonly #layout: Layout;
  readonly #empty: readonly Field[];

  /**
   * Opens a tree: checks the head's checksum, the file's size, and that sampled accounts lead to the root.
   * @throws {BallastError} FILE_ERROR, INVALID_INPUT when it is no tree, TREE_DAMAGED.
   */
  constructor(path: string) {
    this.path = path;
    this.#file = new ByteFile(path, "r");
    try {
      const { size } = fstatSync(this.#file.descriptor);
      this.header = decodeHeader(this.#file.read(0, Math.min(size, HEADER_BYTES)), path);
      this.#layout = layoutOf(this.header);
      if (size !== this.#layout.size) throw damaged(path, "size");
      this.#empty = emptyRoots(this.header.depth);
      for (let i = 0; i < SAMPLED; i++) {
        this.siblings(Math.floor(((this.header.count - 1) * i) / (SAMPLED - 1)));
      }
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** SHA-256 of the whole file, 64 hex digits. @throws {BallastError} FILE_ERROR. */
  digest(): string {
    return this.#file.digest();
  }

  get root(): Field {
    return this.header.root;
  }

  get count(): number {
    return this.header.count;
  }

  get depth(): number {
    return this.header.depth;
  }

  /** The account at a place, null where there is none. @throws {BallastError} OUT_OF_RANGE. */
  account(index: number): Account | null {
    this.#checkPlace(0, index);
    if (index >= this.count) return null;
    const bytes = this.#file.read(this.#layout.account(index), ACCOUNT_BYTES);
    return { accountId: this.#element(bytes, 0), commitment: this.#element(bytes, NODE_BYTES) };
  }

  /** The account's place, undefined when it is not in the tree. */
  indexOf(accountId: Field): number | undefined {
    const slots = 2 * this.#layout.capacity;
    const id = Buffer.alloc(NODE_BYTES);
    putElement(id, 0, accountId);
    const first = firstSlot(id, 0, slots);
    for (let tried = 0; tried < slots; tried++) {
      const slot = this.#layout.ids + ((first + tried) % slots) * ID_SLOT_BYTES;
      const known = this.#file.read(slot, ID_SLOT_BYTES).readUInt32BE();
      if (known === 0) return undefined;
      if (known > this.count) throw damaged(this.path, "ids");
      if (this.account(known - 1)?.accountId === accountId) return known - 1;
    }
    throw damaged(this.path, "ids");
  }

  /**
   * {@link indexOf} for an account that must be there.
   * @throws {BallastError} UNKNOWN_ACCOUNT; TREE_DAMAGED when it is there, but not in the index.
   */
  requireIndex(accountId: Field): number {
    const index = this.indexOf(accountId);
    if (index !== undefined) return index;
    const id = Buffer.alloc(NODE_BYTES);
    putElement(id, 0, accountId);
    for (const known of this.#ids()) if (known.equals(id)) throw damaged(this.path, "ids");
    throw new BallastError("UNKNOWN_ACCOUNT", `Account ${formatField(accountId)} is not in the tree.`, {
      hint: "Check the account's name, and that the tree is of the right run.",
      details: { accountId: formatField(accountId) },
    });
  }

  /** A place's path: the siblings from the leaf's level upwards, `depth` of them. Places without an account have one too. */
  siblings(index: number): Field[] {
    const account = this.account(index);
    return this.#siblings(0, index, account === null ? EMPTY_LEAF : leafOf(account));
  }

  /**
   * Batch number `index` of aligned batches of `size` places.
   * @throws {BallastError} OUT_OF_RANGE when `size` is not a power of two of at most 2^depth, or the tree has no such batch.
   */
  batch(index: number, size: number): Batch {
    const level = Math.log2(size);
    if (!Number.isInteger(level) || level < 0 || level > this.depth) {
      throw new BallastError(
        "OUT_OF_RANGE",
        `A batch of this tree has a power of two of at most ${2 ** this.depth} places.`,
      );
    }
    this.#checkPlace(level, index);
    const accounts = Array.from({ length: size }, (_, i) => this.account(index * size + i));
    let nodes = accounts.map((account) => (account === null ? EMPTY_LEAF : leafOf(account)));
    while (nodes.length > 1) {
      nodes = Array.from({ length: nodes.length / 2 }, (_, i) =>
        nodeOf(nodes[2 * i] ?? EMPTY_LEAF, nodes[2 * i + 1] ?? EMPTY_LEAF),
      );
    }
    const root = nodes[0] ?? EMPTY_LEAF;
    return { accounts, root, siblings: this.#siblings(level, index, root) };
  }

  /** A node as it is stored or, beyond the accounts, as it must be. */
  node(level: number, index: number): Field {
    this.#checkPlace(level, index);
    if (index >= Math.ceil(this.count / 2 ** level)) return this.#empty[level] ?? EMPTY_LEAF;
    const { height } = this.header;
    const stored = this.#element(
      this.#file.read(this.#layout.node(Math.min(level, height), index), NODE_BYTES),
      0,
    );
    return level <= height ? stored : rootOf(stored, 0, this.#empty.slice(height, level));
  }

  /**
   * Recomputes everything from the accounts: all nodes, the root, the index of ids, and that no account stands twice.
   * @throws {BallastError} TREE_DAMAGED, FILE_ERROR.
   */
  async verify(
    options: { readonly workers?: number; readonly onProgress?: OnTreeProgress } = {},
  ): Promise<void> {
    const { header } = this;
    const meter = new Meter("verifying", this.count, options.onProgress);
    const context = hashContext(this.depth);
    const same = await hashTree(this.#file, header, context, {
      mode: "compare",
      workers: options.workers,
      meter,
    });
    if (!same || this.node(this.depth, 0) !== this.root) throw damaged(this.path);
    this.verifyIds();
  }

  /**
   * Recomputes the index of ids from the accounts, and that no account stands twice. An account that a damaged index doesn't find would be
   * taken for a new one.
   * @throws {BallastError} TREE_DAMAGED, FILE_ERROR.
   */
  verifyIds(): void {
    const ids = new IdIndex();
    for (const id of this.#ids()) if (ids.add(id) !== undefined) throw damaged(this.path, "ids");
    const table = ids.table(this.#layout.capacity);
    if (!this.#file.read(this.#layout.ids, table.length).equals(table)) throw damaged(this.path, "ids");
  }

  close(): void {
    this.#file.close();
  }

  /** All account ids, in the order of places. */
  *#ids(): Generator<Buffer> {
    for (let first = 0; first < this.count; first += 4096) {
      const count = Math.min(4096, this.count - first);
      const accounts = this.#file.read(this.#layout.account(first), count * ACCOUNT_BYTES);
      for (let at = 0; at < accounts.length; at += ACCOUNT_BYTES)
        yield accounts.subarray(at, at + NODE_BYTES);
    }
  }

  #siblings(level: number, index: number, node: Field): Field[] {
    const siblings: Field[] = [];
    for (let l = level; l < this.depth; l++) {
      const place = Math.floor(index / 2 ** (l - level));
      siblings.push(this.node(l, place % 2 === 0 ? place + 1 : place - 1));
    }
    if (rootOf(node, index, siblings) !== this.root) throw damaged(this.path);
    return siblings;
  }

  #element(bytes: Buffer, offset: number): Field {
    try {
      return getElement(bytes, offset);
    } catch {
      throw damaged(this.path);
    }
  }

  #checkPlace(level: number, index: number): void {
    if (Number.isSafeInteger(index) && index >= 0 && index < 2 ** (this.depth - level)) return;
    throw new BallastError(
      "OUT_OF_RANGE",
      `The tree has ${2 ** (this.depth - level)} places on level ${level}.`,
    );
  }
}
