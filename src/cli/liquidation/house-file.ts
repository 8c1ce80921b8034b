import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { type AccountFile, loadAccount } from "../../liquidation/account-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { accountHex } from "./session.ts";

/** The clearing house's account. @throws {BallastError} INVALID_INPUT for another account; as `loadAccount`. */
export function loadHouse(
  { house: path, deployment }: { readonly house: string; readonly deployment: string },
  snapshot: Pick<Snapshot, "rows">,
): AccountFile {
  const { houseAccount } = liquidationOf(loadDeployment(deployment));
  const file = loadAccount(path, snapshot);
  if (file.account.accountId === houseAccount) return file;
  throw new BallastError("INVALID_INPUT", `${path} is not the clearing house's account.`, {
    hint: `Give the newest file of account ${accountHex(houseAccount)}.`,
  });
}
