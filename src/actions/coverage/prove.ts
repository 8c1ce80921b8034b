import type { Hex } from "viem";
import { coverageContext } from "../../chain/coverage/context.ts";
import { BallastError } from "../../errors.ts";
import type { Field } from "../../math/field.ts";
import type { Portfolio } from "../../portfolio/portfolio.ts";
import { type CoverageCircuit, instanceOf, instancesOf } from "../../prover/circuits.ts";
import type { OnProgress } from "../../prover/progress.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import type { LoadedKey, Prover } from "../../prover/prover.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { coverageWitness } from "../../witness/coverage.ts";

/** Where and until when a proof may be attested. */
export interface Destination {
  readonly chainId: bigint;
  readonly registry: Hex;
  /** Unix seconds. */
  readonly deadline: bigint;
}

export interface CoverageJob extends Destination {
  readonly circuit: CoverageCircuit;
  readonly key: LoadedKey;
  readonly snapshot: Snapshot;
  readonly portfolio: Portfolio;
  readonly salt: Field;
}

/**
 * From portfolio to verified proof.
 * @throws {BallastError} as `coverageWitness` and `Prover.prove`.
 * @example
 * ```ts
 * import { chooseInstance, parsePortfolio, randomSalt } from "ballast";
 * import { createProver, loadKey, loadSnapshot, proveCoverage, saveProofFile } from "ballast/node";
 * const snapshot = loadSnapshot("snapshot.json");
 * const portfolio = parsePortfolio({ account: "desk-7", positions: [] }, snapshot);
 * const circuit = chooseInstance(undefined, snapshot, portfolio.positions.length);
 * const prover = createProver();
 * const proof = await proveCoverage(prover, {
 *   ...{ circuit, key: await loadKey(circuit), snapshot, portfolio, salt: randomSalt() },
 *   ...{ chainId: 1n, registry: "0x00000000000000000000000000000000000000c0", deadline: 1_800_000_000n },
 * });
 * saveProofFile("proof.json", proof);
 * await prover.close();
 * ```
 */
export async function proveCoverage(
  prover: Prover,
  job: CoverageJob,
  onProgress?: OnProgress,
): Promise<ProofFile> {
  const { circuit, key, snapshot, portfolio, salt, chainId, registry, deadline } = job;
  const context = coverageContext({ chainId, registry, deadline });
  const { inputs, signals, publicSignals } = coverageWitness(circuit, snapshot, portfolio, salt, context);
  const proof = await prover.prove({ circuit, key, inputs, publicSignals }, onProgress);
  return {
    circuit: circuit.name,
    circuitId: key.circuitId,
    keyHash: key.keyHash,
    snapshotId: snapshot.snapshotId,
    deadline,
    chainId,
    registry,
    signals: { ...signals, tier: Number(signals.tier) },
    proof,
  };
}

/**
 * The named instance, or the smallest one that holds the snapshot and the portfolio.
 * @throws {BallastError} UNKNOWN_CIRCUIT, or PORTFOLIO_TOO_LARGE when none is large enough.
 * @example
 * ```ts
 * import { buildSnapshot, chooseInstance, presetPolicy, sampleChain } from "ballast";
 * const snapshot = buildSnapshot(sampleChain(), presetPolicy("les"), { rows: 100 });
 * console.log(chooseInstance(undefined, snapshot, 12).name); // coverage_16x120_s35k2
 * ```
 */
export function chooseInstance(
  name: string | undefined,
  snapshot: Snapshot,
  positions: number,
): CoverageCircuit {
  if (name !== undefined) return instanceOf("coverage", name);
  const found = instancesOf("coverage")
    .filter(
      ({ slots, rows, shape }) =>
        slots >= positions &&
        rows >= snapshot.rows.length &&
        shape.scenarios === snapshot.shape.scenarios &&
        shape.underlyings === snapshot.shape.underlyings,
    )
    .sort((a, b) => a.rows - b.rows || a.slots - b.slots)[0];
  if (found !== undefined) return found;
  throw new BallastError(
    "PORTFOLIO_TOO_LARGE",
    `No circuit holds ${positions} positions over a snapshot of ${snapshot.rows.length} rows.`,
    {
      hint: "Build the snapshot with fewer rows; `ballast circuits` lists the instances.",
      inputs: ["snapshot.rows"],
    },
  );
}
