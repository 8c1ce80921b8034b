import { rmSync } from "node:fs";
import { BallastError } from "../../errors.ts";
import { type AccountFile, saveAccount } from "../../liquidation/account-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/** An account as it will be, and where its file goes. */
export interface NewAccountFile extends AccountFile {
  readonly path: string;
}

/**
 * Writes accounts as they will be, then sends what makes them so: whatever happens in between, no opening is lost. Where the chain
 * refuses the transaction before it is sent, the files are taken back, so that the same command can be given again.
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
    throw keeping(error, written);
  }
}

/** Contracts' errors come from trying the call; what was sent and reverted names its transaction. */
function wasNotSent(error: unknown): boolean {
  if (!(error instanceof BallastError)) return false;
  const { error: refusal, transaction } = error.details;
  return transaction === undefined && (refusal !== undefined || error.code !== "CHAIN_ERROR");
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
