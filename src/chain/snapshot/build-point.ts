import { encodeFunctionData } from "viem";
import type { TableCircuit } from "../../prover/circuits.ts";
import type { G1Point } from "../../prover/curve.ts";
import { checkPublicInputs, circuitId, keyHash, type VerifyingKey } from "../../prover/verifying-key.ts";
import { policyWidth, rowWidth } from "../../risk/shape.ts";
import { type Snapshot, tableElements } from "../../risk/snapshot.ts";
import { cachedSignals } from "../../witness/table.ts";
import type { ChainClient } from "../client.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { tablePointBuilderAbi } from "../generated/table-point-builder.ts";
import { transact } from "../transact.ts";
import { headerOf } from "./oracle-messages.ts";

/** Rows a transaction: about 9 million gas and 80 kB of calldata for real rows of the flagship shape. */
const DEFAULT_CHUNK = 48;

export interface BuildPointOptions {
  /** Table rows a transaction. Default: 48. */
  readonly chunkRows?: number;
  readonly onProgress?: (rowsDone: number, rows: number) => void;
}

/** What a build on chain cost. */
export interface BuiltPoint {
  readonly transactions: number;
  readonly gas: bigint;
}

/**
 * Has the table point computed on chain, row by row: needs nobody's trust, and settles whether a posted point is right.
 * @throws {BallastError} CHAIN_ERROR (e.g. UnknownSnapshot, AlreadySettled), KEY_MISMATCH, INVALID_SNAPSHOT.
 * @example
 * ```ts
 * import { instanceOf, type Snapshot, type VerifyingKey } from "ballast";
 * import { buildPointOnChain, type ChainClient, type Deployment } from "ballast/chain";
 * declare const [client, deployment, key, snapshot]: [ChainClient, Deployment, VerifyingKey, Snapshot];
 * const circuit = instanceOf("coverage", "64x240");
 * const { gas } = await buildPointOnChain(client, deployment, circuit, key, snapshot);
 * ```
 */
export async function buildPointOnChain(
  client: ChainClient,
  deployment: Deployment,
  circuit: TableCircuit,
  key: VerifyingKey,
  snapshot: Snapshot,
  options: BuildPointOptions = {},
): Promise<BuiltPoint> {
  const { chunkRows = DEFAULT_CHUNK, onProgress } = options;
  checkPublicInputs(key, circuit);
  cachedSignals(circuit, snapshot); // refuses a snapshot that does not fit, before anything is sent
  const id = circuitId(circuit.name, keyHash(key, circuit));
  const width = rowWidth(circuit.shape);
  const table = circuit.rows * width;
  const head = [...key.ic.slice(0, 1), ...key.ic.slice(1 + table, 2 + table + policyWidth(circuit.shape))];
  const to = deployment.tablePointBuilder;
  const open = encodeFunctionData({
    abi: tablePointBuilderAbi,
    functionName: "open",
    args: [headerOf(snapshot), snapshot.policyElements, id, flatten(head)],
  });
  let { gasUsed: gas } = await transact(client, { to, data: open, doing: "opening a table point build" });
  let transactions = 1;
  const rows = tableElements(snapshot);
  for (let first = 0; first < circuit.rows; first += chunkRows) {
    const next = Math.min(first + chunkRows, circuit.rows);
    const data = encodeFunctionData({
      abi: tablePointBuilderAbi,
      functionName: "append",
      args: [
        snapshot.snapshotId,
        id,
        rows.slice(first, next).flat(),
        flatten(key.ic.slice(1 + first * width, 1 + next * width)),
      ],
    });
    const receipt = await transact(client, { to, data, doing: "adding rows to the table point" });
    gas += receipt.gasUsed;
    transactions++;
    onProgress?.(next, circuit.rows);
  }
  return { transactions, gas };
}

function flatten(points: readonly G1Point[]): bigint[] {
  return points.flatMap(({ x, y }) => [x, y]);
}
