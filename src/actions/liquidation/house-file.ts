import { HOUSE_ACCOUNTS, houseAccountId } from "../../chain/liquidation/house-accounts.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { accountHex, type OpenAccount } from "../../liquidation/account.ts";
import { type AccountFile, loadAccount } from "../../liquidation/account-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/** One of the clearing house's accounts. @throws {BallastError} INVALID_INPUT for another account; as `loadAccount`. */
export function loadHouse(
  path: string,
  snapshot: Pick<Snapshot, "rows">,
  system: LiquidationSystem,
): AccountFile {
  const file = loadAccount(path, snapshot);
  for (let n = 0; n < HOUSE_ACCOUNTS; n++)
    if (file.account.accountId === houseAccountId(system, n)) return file;
  throw new BallastError("INVALID_INPUT", `${path} is not the clearing house's account.`, {
    hint: `Give the newest file of account ${accountHex(system.houseAccount)}, or of one that was opened for the house.`,
  });
}

/** The clearing house's other accounts, of the files that were given. @throws {BallastError} as {@link loadHouse}. */
export function loadOthers(
  { others = [] }: { readonly others?: readonly string[] | undefined },
  snapshot: Pick<Snapshot, "rows">,
  system: LiquidationSystem,
): readonly OpenAccount[] {
  return others.map((path) => loadHouse(path, snapshot, system).account);
}
