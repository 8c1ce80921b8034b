import { ftruncateSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { BallastError } from "../errors.ts";
import { formatField } from "../math/field.ts";
import { Meter, type OnTreeProgress } from "../meter.ts";
import { makeFolder, placeFile, removeUnfinished, temporaryName } from "../node/files.ts";
import { type HeldLock, type LockOptions, withLock } from "../node/lock.ts";
import { type Account, DEFAULT_DEPTH } from "../portfolio/merkle.ts";
import { ByteFile } from "./bytes.ts";
import { putElement } from "./element.ts";
import { hashTree } from "./hash-tree.ts";
import { IdIndex } from "./id-index.ts";
import {
  ACCOUNT_BYTES,
  checkDepth,
  checkRoom,
  encodeHeader,
  HEADER_BYTES,
  heightFor,
  layoutOf,
  type TreeHeader,
} from "./layout.ts";
import { hashContext, topRoot } from "./merkle.ts";
import { NODE_BYTES } from "./pair-hasher.ts";

export interface BuildOptions extends LockOptions {
  /** Levels, 1 to 30; default 20. */
  readonly depth?: number;
  readonly workers?: number;
  readonly onProgress?: OnTreeProgress;
}

const BUFFERED = 4096;

/**
 * Builds a tree file from a stream of accounts; account i takes place i. The file appears whole under its name or not at all.
 * Memory: the account ids (40 to 80 bytes an account) and a few megabytes a thread.
 *
 * @throws {BallastError} DUPLICATE_ACCOUNT, naming it; INVALID_INPUT without accounts or with more than 2^depth;
 * LOCKED; FILE_ERROR; whatever the stream throws.
 * @example
 * ```ts
 * import { parseField } from "ballast";
 * import { buildTree } from "ballast/node";
 * const accounts = [{ accountId: parseField("1"), commitment: parseField("2") }];
 * const { root } = await buildTree("accounts.tree", accounts, { depth: 20 });
 * ```
 */
export async function buildTree(
  path: string,
  accounts: AsyncIterable<Account> | Iterable<Account>,
  options: BuildOptions = {},
): Promise<TreeHeader> {
  checkDepth(options.depth ?? DEFAULT_DEPTH);
  const work = (lock: HeldLock): Promise<TreeHeader> => {
    removeUnfinished(path);
    return build(path, accounts, options, lock);
  };
  return withLock(`${path}.lock`, work, options);
}

function build(
  path: string,
  accounts: AsyncIterable<Account> | Iterable<Account>,
  { depth = DEFAULT_DEPTH, workers, onProgress }: BuildOptions,
  lock: HeldLock,
): Promise<TreeHeader> {
  const write = async (file: ByteFile): Promise<TreeHeader> => {
    const ids = await storeAccounts(file, accounts, depth, new Meter("reading", undefined, onProgress));
    const { count } = ids;
    if (count === 0) {
      throw new BallastError("INVALID_INPUT", "There are no accounts.", {
        hint: "A tree has at least one account.",
      });
    }
    const shape = { depth, count, height: heightFor(count) };
    const layout = layoutOf(shape);
    resize(file, layout.size);
    file.write(layout.ids, ids.table(layout.capacity));
    const context = hashContext(depth);
    const meter = new Meter("hashing", count, onProgress);
    await hashTree(file, shape, context, { mode: "write", workers, meter });
    const header = { ...shape, root: topRoot(file.read(layout.node(shape.height, 0), NODE_BYTES), shape) };
    file.write(0, encodeHeader(header));
    return header;
  };
  return writeTree(path, write, () => lock.check());
}

/**
 * Writes a file beside `path`, makes it durable and gives it its name.
 * @param before called last, e.g. to see that nobody else has changed the file.
 */
export async function writeTree<Result>(
  path: string,
  write: (file: ByteFile) => Promise<Result> | Result,
  before: () => void,
): Promise<Result> {
  const temporary = temporaryName(path);
  makeFolder(dirname(path));
  const file = new ByteFile(temporary, "wx+", undefined, undefined, path);
  try {
    let result: Result;
    try {
      result = await write(file);
    } finally {
      file.close();
    }
    before();
    placeFile(temporary, path);
    return result;
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (cause instanceof BallastError) throw cause;
    throw new BallastError("FILE_ERROR", `The accounts tree ${path} can't be written.`, {
      hint: "Check the folder's permissions and free space.",
      cause,
    });
  }
}

/** The error of an id that stands twice. */
export function duplicate(
  account: Account,
  details: { readonly first: number; readonly second: number },
): BallastError {
  const id = formatField(account.accountId);
  return new BallastError(
    "DUPLICATE_ACCOUNT",
    `Account ${id} stands twice: as number ${details.first} and as number ${details.second}.`,
    { hint: "Give every account once.", details: { accountId: id, ...details } },
  );
}

export function resize(file: ByteFile, size: number): void {
  ftruncateSync(file.descriptor, size);
}

async function storeAccounts(
  file: ByteFile,
  accounts: AsyncIterable<Account> | Iterable<Account>,
  depth: number,
  meter: Meter,
): Promise<IdIndex> {
  const ids = new IdIndex();
  const buffer = Buffer.allocUnsafe(BUFFERED * ACCOUNT_BYTES);
  let held = 0;
  const flush = (): void => {
    const first = ids.count - held;
    file.write(HEADER_BYTES + first * ACCOUNT_BYTES, buffer.subarray(0, held * ACCOUNT_BYTES));
    meter.add(held);
    held = 0;
  };
  for await (const account of accounts) {
    const at = held * ACCOUNT_BYTES;
    putElement(buffer, at, account.accountId);
    putElement(buffer, at + NODE_BYTES, account.commitment);
    const known = ids.add(buffer.subarray(at, at + NODE_BYTES));
    if (known !== undefined) throw duplicate(account, { first: known + 1, second: ids.count + 1 });
    checkRoom(ids.count, depth);
    if (++held === BUFFERED) flush();
  }
  if (held > 0) flush();
  return ids;
}
