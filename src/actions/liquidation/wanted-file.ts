import { BallastError } from "../../errors.ts";
import { accountHex, type OpenAccount } from "../../liquidation/account.ts";
import { loadOrSaltAccount } from "../../liquidation/account-file.ts";
import { randomSalt } from "../../portfolio/commitment.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type AccountPlace, FileAccounts } from "./accounts-file.ts";
import type { LedgerContext, LiquidationContext } from "./context.ts";
import { KEPT_ALREADY } from "./store.ts";

/** An account to set on the ledger. */
export interface WantedAccount {
  readonly account: OpenAccount;
  /** Where its file goes, if its salt is fresh. */
  readonly place: AccountPlace | undefined;
  /** What names its instruments. */
  readonly names: Pick<Snapshot, "rows">;
}

/**
 * The account of a file, with a fresh salt if the file has none.
 * @param output where the file with the fresh salt goes.
 * @throws {BallastError} INVALID_INPUT for a fresh salt and no output; as `loadOrSaltAccount`.
 */
export function wantedAccount(
  path: string,
  names: WantedAccount["names"],
  output: string | undefined,
): WantedAccount {
  const { fresh, ...file } = loadOrSaltAccount(path, names);
  const place = fresh ? { file, path: needOutput(output), isWanted: true } : undefined;
  return { account: file.account, place, names };
}

/** An account before it holds anything. @throws {BallastError} INVALID_INPUT without an output. */
export function emptyAccount(accountId: bigint, output: string | undefined): WantedAccount {
  const name = accountHex(accountId);
  const account = { accountId: accountIdOf(name), positions: [], salt: randomSalt() };
  const place = { file: { name, account }, path: needOutput(output), isWanted: true };
  return { account, place, names: { rows: [] } };
}

/** Where an account with a fresh salt is kept in its file first. @throws {BallastError} as `FileAccounts.open`. */
export async function ledgerFor(
  context: LiquidationContext,
  slots: number,
  { place, names: snapshot }: Pick<WantedAccount, "place" | "names">,
): Promise<LedgerContext> {
  const store =
    place === undefined
      ? KEPT_ALREADY
      : await FileAccounts.open(context, { inputs: [], places: [place], snapshot, slots });
  return { ...context, slots, store };
}

function needOutput(output: string | undefined): string {
  if (output !== undefined) return output;
  throw new BallastError("INVALID_INPUT", "The account has no salt yet, and nowhere to keep one.", {
    hint: "Name an output file: without the salt nobody can open the account again.",
    inputs: ["account.output"],
  });
}
