import { guarded } from "../../chain/guarded.ts";
import type { LiquidationCircuits } from "../../liquidation/circuits.ts";
import type { BackendName } from "../../prover/prover.ts";
import type { LiquidationContext } from "../liquidation/context.ts";
import { openOwnAccount, ownAccountId } from "../liquidation/open-account.ts";
import type { LedgerChange } from "../liquidation/register.ts";
import { emptyAccount, ledgerFor } from "../liquidation/wanted-file.ts";
import { withKits } from "./kits.ts";

export interface OpenInFileOptions {
  /** Which of the client's own accounts. */
  readonly n: bigint;
  /** Where its opening goes. */
  readonly output: string;
  readonly circuits: LiquidationCircuits;
  readonly backend: "auto" | BackendName;
  /** Seconds that the proof holds. */
  readonly validFor: number;
}

/**
 * Opens an empty account whose salt is kept in a file before anything is sent.
 * @throws {BallastError} as `openOwnAccount`, `ledgerFor` and `withKits`.
 */
export async function openInFile(
  context: LiquidationContext,
  { n, output, circuits, backend, validFor }: OpenInFileOptions,
): Promise<LedgerChange> {
  const { client, progress } = context;
  const { slots } = circuits.coverage;
  const wanted = emptyAccount(ownAccountId(context, n), output);
  const ledger = await ledgerFor(context, slots, wanted);
  const { timestamp } = await guarded("reading the latest block", () => client.public.getBlock());
  const deadline = timestamp + BigInt(validFor);
  const options = { circuits, needed: ["empty"], backend, onProgress: progress.onProgress } as const;
  return withKits(options, ({ empty }) =>
    openOwnAccount(ledger, empty, { n, salt: wanted.account.salt, deadline }),
  );
}
