import { BallastError } from "../../errors.ts";
import type { Field } from "../../math/field.ts";
import { commit } from "../../portfolio/commitment.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import type { InclusionProof } from "../../portfolio/inclusion.ts";
import type { Opening } from "../../portfolio/opening.ts";
import { loadOpening } from "../../portfolio/opening-file.ts";
import { type Portfolio, slotsOf } from "../../portfolio/portfolio.ts";
import { loadPortfolio } from "../../portfolio/portfolio-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { Book } from "../../solvency/node/book.ts";
import { damagedFile } from "../../solvency/node/damage.ts";
import { RunFolder } from "../../solvency/node/folder.ts";
import { proveInclusion } from "../../tree/inclusion.ts";
import { AccountTree } from "../../tree/tree.ts";
import type { SolvencyAccount } from "../../witness/solvency.ts";

/** What an account's proof of inclusion is made of. The tree is open: whoever asked for it closes it. */
export interface InclusionSource {
  readonly tree: AccountTree;
  readonly portfolio: Portfolio;
  readonly opening: Opening;
  /** Of the commitment, where it is known. */
  readonly slots?: number;
}

export interface InclusionFiles {
  readonly tree: string;
  readonly opening: string;
  readonly portfolio: string;
}

/** A customer's proof, and the tree that it is about. */
export interface MadeInclusion {
  readonly proof: InclusionProof;
  /** Of the tree. */
  readonly accounts: number;
  readonly root: Field;
}

/**
 * Makes a customer's proof of being in the tree.
 * @param from a solvency run's folder, or the account's own files.
 * @param slots of the commitment. Default: whichever is the tree's.
 * @throws {BallastError} as {@link inclusionFromRun}, {@link inclusionFromFiles} and `proveInclusion`.
 */
export function makeInclusion(
  account: string,
  from: string | InclusionFiles,
  snapshot: Snapshot,
  slots?: number,
): MadeInclusion {
  const source =
    typeof from === "string" ? inclusionFromRun(account, from) : inclusionFromFiles(account, from, snapshot);
  const { tree, portfolio, opening } = source;
  try {
    const proof = proveInclusion(tree, portfolio, opening, snapshot, slots ?? source.slots);
    return { proof, accounts: tree.count, root: tree.root };
  } finally {
    tree.close();
  }
}

/**
 * The account's own files. @param account as its portfolio names it.
 * @throws {BallastError} FILE_ERROR; INVALID_INPUT for another account's files, or one that is not in the tree.
 */
export function inclusionFromFiles(
  account: string,
  { tree, opening, portfolio }: InclusionFiles,
  snapshot: Snapshot,
): InclusionSource {
  const loaded = loadPortfolio(portfolio, snapshot);
  if (accountIdOf(account) !== loaded.accountId) {
    throw new BallastError("INVALID_INPUT", "The portfolio is of another account.", {
      hint: "Give the portfolio and the opening of the account itself.",
    });
  }
  const opened = new AccountTree(tree);
  try {
    const committed = opened.account(opened.requireIndex(loaded.accountId))?.commitment;
    return { portfolio: loaded, opening: loadOpening(opening, committed), tree: opened };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** A solvency run's folder, which has all of it. @throws {BallastError} FILE_ERROR, RUN_DAMAGED; INVALID_INPUT for an unknown account. */
export function inclusionFromRun(account: string, path: string): InclusionSource {
  const accountId = accountIdOf(account);
  const folder = new RunFolder(path);
  const opened = new AccountTree(folder.tree);
  const book = new Book(folder.book);
  try {
    const index = opened.requireIndex(accountId);
    opened.siblings(index); // the tree's own path is right: where the two differ, it is the book that was changed
    const { positions, salt } = inBook(book, index, opened.account(index)?.commitment);
    return {
      tree: opened,
      portfolio: { account, accountId, positions },
      opening: { accountId, salt },
      slots: book.slots,
    };
  } catch (error) {
    opened.close();
    throw error;
  } finally {
    book.close();
  }
}

/** The account at a place, checked to be that of the tree. @throws {BallastError} RUN_DAMAGED. */
function inBook(book: Book, index: number, committed: Field | undefined): SolvencyAccount {
  try {
    const found = book.account(index);
    if (found !== null) {
      const { accountId, salt, positions } = found;
      if (commit(accountId, salt, slotsOf(positions, book.slots)) === committed) return found;
    }
  } catch (error) {
    if (!(error instanceof BallastError)) throw error; // no account at all
  }
  throw damagedFile(book.path, "it has another account, position or salt than the tree");
}
