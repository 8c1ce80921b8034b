import { guarded } from "../../chain/guarded.ts";
import { houseAccountId, readHouseAccounts } from "../../chain/liquidation/house-accounts.ts";
import type { LiquidationCircuits } from "../../liquidation/circuits.ts";
import type { Field } from "../../math/field.ts";
import type { BackendName } from "../../prover/prover.ts";
import type { LedgerContext, LiquidationContext } from "../liquidation/context.ts";
import { openForHouse } from "../liquidation/house-accounts.ts";
import { type EmptyKit, openOwnAccount, ownAccountId } from "../liquidation/open-account.ts";
import type { LedgerChange } from "../liquidation/register.ts";
import { emptyAccount, ledgerFor } from "../liquidation/wanted-file.ts";
import { withKits } from "./kits.ts";

export interface OpenInFileOptions {
  /** Where the account's opening goes. */
  readonly output: string;
  readonly circuits: LiquidationCircuits;
  readonly backend: "auto" | BackendName;
  /** Seconds that the proof holds. */
  readonly validFor: number;
}

/**
 * Opens an empty account of the client's own, whose salt is kept in a file before anything is sent.
 * @param n which of the client's own accounts.
 * @throws {BallastError} as `openOwnAccount`, `ledgerFor` and `withKits`.
 */
export function openInFile(
  context: LiquidationContext,
  options: OpenInFileOptions & { readonly n: bigint },
): Promise<LedgerChange> {
  const { n } = options;
  return opening(context, ownAccountId(context, n), options, (ledger, kit, made) =>
    openOwnAccount(ledger, kit, { n, ...made }),
  );
}

/**
 * The same for the clearing house; only its operator may.
 * @throws {BallastError} as `openForHouse`, `ledgerFor` and `withKits`.
 */
export async function openHouseInFile(
  context: LiquidationContext,
  options: OpenInFileOptions,
): Promise<LedgerChange> {
  const { client, system } = context;
  const n = (await readHouseAccounts(client, system)).length;
  return opening(context, houseAccountId(system, n), options, openForHouse);
}

/** Keeps a fresh salt in the account's file, and opens it. */
async function opening(
  context: LiquidationContext,
  accountId: Field,
  { output, circuits, backend, validFor }: OpenInFileOptions,
  open: (
    ledger: LedgerContext,
    kit: EmptyKit,
    made: { readonly salt: Field; readonly deadline: bigint },
  ) => Promise<LedgerChange>,
): Promise<LedgerChange> {
  const { client, progress } = context;
  const wanted = emptyAccount(accountId, output);
  const ledger = await ledgerFor(context, circuits.coverage.slots, wanted);
  const { timestamp } = await guarded("reading the latest block", () => client.public.getBlock());
  const deadline = timestamp + BigInt(validFor);
  const options = { circuits, needed: ["empty"], backend, onProgress: progress.onProgress } as const;
  return withKits(options, ({ empty }) => open(ledger, empty, { salt: wanted.account.salt, deadline }));
}
