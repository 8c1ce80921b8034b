import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { accountHex } from "../../liquidation/account.ts";
import { type AccountFile, loadAccount } from "../../liquidation/account-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/** The clearing house's account. @throws {BallastError} INVALID_INPUT for another account; as `loadAccount`. */
export function loadHouse(
  path: string,
  snapshot: Pick<Snapshot, "rows">,
  { houseAccount }: Pick<LiquidationSystem, "houseAccount">,
): AccountFile {
  const file = loadAccount(path, snapshot);
  if (file.account.accountId === houseAccount) return file;
  throw new BallastError("INVALID_INPUT", `${path} is not the clearing house's account.`, {
    hint: `Give the newest file of account ${accountHex(houseAccount)}.`,
  });
}
