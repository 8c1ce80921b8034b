import { existsSync, rmSync } from "node:fs";
import { BallastError } from "../../errors.ts";
import { isSameAccount } from "../../liquidation/account.ts";
import { type AccountFile, loadAccount, saveAccount } from "../../liquidation/account-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { wasNotSent } from "./store.ts";

/** An account as it will be, and where its file goes. */
export interface NewAccountFile extends AccountFile {
  readonly path: string;
}

/**
 * Writes accounts as they will be, then sends what makes them so: whatever happens in between, no opening is lost. Where the chain
 * refuses the transaction before it is sent, the files are taken back, so that the same command can be given again. A file that an
 * interrupted run has written with the very same account stays as it is: see `FileAccounts`.
 * @throws {BallastError} FILE_ERROR before anything is sent; what `send` throws.
 */
export async function keepThenSend<Result>(
  files: readonly NewAccountFile[],
  snapshot: Pick<Snapshot, "rows">,
  send: () => Promise<Result>,
): Promise<Result> {
  const written: string[] = [];
  const takeBack = () => {
    for (const path of written) rmSync(path, { force: true });
  };
  try {
    for (const file of files) {
      if (isKept(file, snapshot)) continue;
      saveAccount(file.path, file, snapshot);
      written.push(file.path);
    }
  } catch (error) {
    takeBack();
    throw error;
  }
  try {
    return await send();
  } catch (error) {
    if (wasNotSent(error)) {
      takeBack();
      throw error;
    }
    throw keeping(
      error,
      files.map(({ path }) => path),
    );
  }
}

/** Whether an interrupted run has written the very same account: then the file stays, whatever comes. */
function isKept({ path, account }: NewAccountFile, snapshot: Pick<Snapshot, "rows">): boolean {
  if (!existsSync(path)) return false;
  try {
    return isSameAccount(loadAccount(path, snapshot).account, account);
  } catch {
    return false; // another file: saveAccount says so
  }
}

function keeping(error: unknown, written: readonly string[]): unknown {
  if (!(error instanceof BallastError) || written.length === 0) return error;
  const { code, shortMessage, hint = "", details } = error;
  return new BallastError(code, shortMessage, {
    hint: `${hint} ${written.join(", ")} is kept: if the transaction was mined after all, it opens the account.`.trim(),
    details,
    cause: error,
  });
}
