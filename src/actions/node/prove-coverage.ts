import { given } from "../../given.ts";
import type { Field } from "../../math/field.ts";
import { withLock } from "../../node/lock.ts";
import { type Commitment, commit, randomSalt } from "../../portfolio/commitment.ts";
import { openingFor } from "../../portfolio/opening-file.ts";
import { type Portfolio, slotsOf } from "../../portfolio/portfolio.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { createProver } from "../../prover/node/prover.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import type { BackendName, LoadedKey } from "../../prover/prover.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { cachedSignals } from "../../witness/table.ts";
import { chooseInstance, type Destination, proveCoverage } from "../coverage/prove.ts";
import { type Progress, SILENT } from "../progress.ts";

export interface ProveHereOptions {
  readonly snapshot: Snapshot;
  readonly portfolio: Portfolio;
  readonly destination: Destination;
  /** The circuit instance's name. Default: the smallest that fits. */
  readonly instance?: string;
  /** The file of the account's salts. Default: a salt that nobody keeps. */
  readonly opening?: string;
  /** A key elsewhere. Default: the instance's own. */
  readonly zkey?: string;
  readonly backend?: "auto" | BackendName;
}

export interface ProvenHere {
  readonly file: ProofFile;
  readonly key: LoadedKey;
  readonly backend: BackendName;
}

/**
 * Proves an account's tier with the keys and the prover of this machine. A portfolio that doesn't fit leaves no opening behind.
 * @throws {BallastError} UNKNOWN_CIRCUIT, PORTFOLIO_TOO_LARGE; as `loadKey`, `openingFor` and `proveCoverage`.
 */
export async function proveCoverageHere(
  { snapshot, portfolio, destination, instance, opening, zkey, backend = "auto" }: ProveHereOptions,
  progress: Progress = SILENT,
): Promise<ProvenHere> {
  const circuit = chooseInstance(instance, snapshot, portfolio.positions.length);
  cachedSignals(circuit, snapshot);
  const slots = slotsOf(portfolio.positions, circuit.slots);
  const key = await loadKey(circuit, { onProgress: progress.onProgress, ...given({ zkey }) });
  const prover = createProver({ backend });
  try {
    const { accountId } = portfolio;
    const commitmentOf = (fresh: Field) => commit(accountId, fresh, slots);
    const salt =
      opening === undefined ? randomSalt() : await saltIn(opening, accountId, commitmentOf, progress);
    const job = { circuit, key, snapshot, portfolio, salt, ...destination };
    const file = await proveCoverage(prover, job, progress.onProgress);
    return { file, key, backend: prover.backend };
  } finally {
    await prover.close();
  }
}

/** One process at a time reads and writes an opening file: none may lose the other's salt. */
async function saltIn(
  path: string,
  accountId: Field,
  commitmentOf: (salt: Field) => Commitment,
  progress: Progress,
): Promise<Field> {
  const { salt, origin } = await withLock(`${path}.lock`, async (lock) =>
    openingFor(path, accountId, commitmentOf, () => lock.check()),
  );
  if (origin === "another")
    progress.note(
      `${path}: its newest opening is not of this portfolio (another one, or a damaged entry): a new salt was added, so the commitment is new`,
    );
  return salt;
}
