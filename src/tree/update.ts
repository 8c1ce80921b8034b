import { BallastError } from "../errors.ts";
import type { Field } from "../math/field.ts";
import { copyContent, removeUnfinished } from "../node/files.ts";
import { type HeldLock, type LockOptions, withLock } from "../node/lock.ts";
import { type Account, emptyRoots, leafOf, nodeOf } from "../portfolio/merkle.ts";
import { duplicate, resize, writeTree } from "./build.ts";
import { ByteFile } from "./bytes.ts";
import { getElement, putElement } from "./element.ts";
import { firstSlot, IdIndex } from "./id-index.ts";
import {
  ACCOUNT_BYTES,
  checkRoom,
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  heightFor,
  ID_SLOT_BYTES,
  layoutOf,
  type TreeHeader,
} from "./layout.ts";
import { topRoot } from "./merkle.ts";
import { NODE_BYTES } from "./pair-hasher.ts";
import { AccountTree } from "./tree.ts";

export interface UpdateResult {
  readonly header: TreeHeader;
  /** Accounts that have another commitment now. */
  readonly changed: number;
  /** Accounts that were not there: they take the next places, in the given order. */
  readonly added: number;
}

/**
 * Gives accounts new commitments and adds accounts. Only the paths of these are hashed; the result is, byte for byte, the
 * file that building anew would make. The changes go to a copy that then takes the file's name: after a crash the file is the old one or
 * the new one, and whoever reads the old one goes on reading it. Updates and builds of one file follow each other: see {@link withLock}.
 *
 * @throws {BallastError} DUPLICATE_ACCOUNT when an account stands twice in `accounts`; INVALID_INPUT when they don't fit, or
 * the tree was replaced meanwhile; TREE_DAMAGED when a path that changes didn't lead to the old root, or the index of ids is wrong; LOCKED;
 * FILE_ERROR.
 */
export function updateTree(
  path: string,
  accounts: AsyncIterable<Account> | Iterable<Account>,
  options: LockOptions = {},
): Promise<UpdateResult> {
  const work = (lock: HeldLock): Promise<UpdateResult> => {
    removeUnfinished(path);
    return update(path, accounts, lock);
  };
  return withLock(`${path}.lock`, work, options);
}

async function update(
  path: string,
  accounts: AsyncIterable<Account> | Iterable<Account>,
  lock: HeldLock,
): Promise<UpdateResult> {
  const tree = new AccountTree(path);
  try {
    const { changes, count } = await plan(tree, accounts);
    checkRoom(count, tree.depth);
    // A damaged sibling must not be blessed with a new root.
    for (const index of changes.keys()) tree.siblings(index);
    const old = tree.header;
    // Nor must an account stand twice because a damaged index didn't find it.
    if (count > old.count) tree.verifyIds();
    const shape = { depth: old.depth, count, height: heightFor(count) };
    const header = await writeTree(
      path,
      (file) => {
        copyInto(file, path, old, shape);
        return apply(file, shape, changes, old.count);
      },
      () => {
        lock.check();
        if (headOf(path).root !== old.root) {
          throw new BallastError("INVALID_INPUT", `Another process has changed ${path} meanwhile.`, {
            hint: "Nothing was written: run the update again.",
          });
        }
      },
    );
    const added = count - old.count;
    return { header, changed: changes.size - added, added };
  } finally {
    tree.close();
  }
}

async function plan(
  tree: AccountTree,
  accounts: AsyncIterable<Account> | Iterable<Account>,
): Promise<{ readonly changes: ReadonlyMap<number, Account>; readonly count: number }> {
  const changes = new Map<number, Account>();
  const numbers = new Map<Field, number>();
  let next = tree.count;
  for await (const account of accounts) {
    const first = numbers.get(account.accountId);
    const number = numbers.size + 1;
    if (first !== undefined) throw duplicate(account, { first, second: number });
    numbers.set(account.accountId, number);
    changes.set(tree.indexOf(account.accountId) ?? next++, account);
  }
  return { changes, count: next };
}

/** The old content at its places in the new layout. */
function copyInto(file: ByteFile, path: string, old: TreeHeader, shape: Omit<TreeHeader, "root">): void {
  if (shape.height === old.height) {
    copyContent(path, file.path);
    return;
  }
  const [from, to] = [layoutOf(old), layoutOf(shape)];
  const source = new ByteFile(path, "r");
  try {
    resize(file, to.size);
    const copy = (start: number, target: number, length: number): void => {
      for (let done = 0; done < length; done += 1 << 20) {
        file.write(target + done, source.read(start + done, Math.min(1 << 20, length - done)));
      }
    };
    copy(from.account(0), to.account(0), old.count * ACCOUNT_BYTES);
    for (let level = 0; level <= old.height; level++) {
      copy(from.node(level, 0), to.node(level, 0), Math.ceil(old.count / 2 ** level) * NODE_BYTES);
    }
    const ids = new IdIndex();
    for (let index = 0; index < old.count; index++) ids.add(source.read(from.account(index), NODE_BYTES));
    file.write(to.ids, ids.table(to.capacity));
  } finally {
    source.close();
  }
  // Levels above the old ones have one node each: the root of all old accounts, to be hashed with the rest.
}

function apply(
  file: ByteFile,
  shape: Omit<TreeHeader, "root">,
  changes: ReadonlyMap<number, Account>,
  oldCount: number,
): TreeHeader {
  const layout = layoutOf(shape);
  const element = Buffer.alloc(NODE_BYTES);
  const put = (offset: number, value: Field): void => {
    putElement(element, 0, value);
    file.write(offset, element);
  };
  for (const [index, account] of changes) {
    put(layout.account(index), account.accountId);
    put(layout.account(index) + NODE_BYTES, account.commitment);
    put(layout.node(0, index), leafOf(account));
    if (index >= oldCount) addId(file, shape, index);
  }
  const empty = emptyRoots(shape.depth);
  let touched = new Set(changes.keys());
  for (let level = 0; level < shape.height; level++) {
    const count = Math.ceil(shape.count / 2 ** level);
    const node = (index: number): Field => {
      const none = empty[level];
      if (index >= count && none !== undefined) return none;
      return getElement(file.read(layout.node(level, index), NODE_BYTES), 0);
    };
    touched = new Set([...touched].map((index) => Math.floor(index / 2)));
    for (const index of touched) {
      put(layout.node(level + 1, index), nodeOf(node(2 * index), node(2 * index + 1)));
    }
  }
  const header = { ...shape, root: topRoot(file.read(layout.node(shape.height, 0), NODE_BYTES), shape) };
  file.write(0, encodeHeader(header));
  return header;
}

function addId(file: ByteFile, shape: Pick<TreeHeader, "height">, index: number): void {
  const layout = layoutOf(shape);
  const slots = 2 * layout.capacity;
  let slot = firstSlot(file.read(layout.account(index), NODE_BYTES), 0, slots);
  const at = (): number => layout.ids + slot * ID_SLOT_BYTES;
  while (file.read(at(), ID_SLOT_BYTES).readUInt32BE() !== 0) slot = (slot + 1) % slots;
  const word = Buffer.alloc(ID_SLOT_BYTES);
  word.writeUInt32BE(index + 1);
  file.write(at(), word);
}

function headOf(path: string): TreeHeader {
  const file = new ByteFile(path, "r");
  try {
    return decodeHeader(file.read(0, HEADER_BYTES), path);
  } finally {
    file.close();
  }
}
