import type { Command } from "commander";
import type { Progress } from "../../actions/progress.ts";
import {
  type LiquidationCircuits,
  type LiquidationStatement,
  liquidationCircuits,
} from "../../liquidation/circuits.ts";
import type { ProofKit } from "../../liquidation/claims.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { createProver } from "../../prover/node/prover.ts";
import { parseBackend } from "../options.ts";

/** Options of every command that proves. */
export interface ProvingOptions {
  readonly circuit: string;
  readonly backend: string;
}

/** What some statements are proven with. */
export type Kits<Needed extends LiquidationStatement> = {
  readonly [Statement in Needed]: ProofKit<LiquidationCircuits[Statement]>;
};

/** Adds {@link ProvingOptions} to a command. */
export function proves(command: Command): Command {
  return command
    .option("--circuit <name>", "the coverage instance whose number of slots the venue uses", "64x240")
    .option("--backend <name>", "auto, snarkjs or rapidsnark", "auto");
}

/**
 * Loads the keys of some statements, lets `work` prove with them, and ends the prover whatever happens.
 * @throws {BallastError} UNKNOWN_CIRCUIT, INVALID_KEY, KEY_MISMATCH; what `work` throws.
 */
export async function withKits<Needed extends LiquidationStatement, Result>(
  options: ProvingOptions,
  { onProgress }: Progress,
  needed: readonly Needed[],
  work: (kits: Kits<Needed>) => Promise<Result>,
): Promise<Result> {
  const circuits = liquidationCircuits(options.circuit);
  const backend = parseBackend(options.backend);
  const keys = [];
  for (const statement of needed)
    keys.push([statement, await loadKey(circuits[statement], { onProgress })] as const);
  const prover = createProver({ backend });
  try {
    const kits = Object.fromEntries(
      keys.map(([statement, key]) => [statement, { prover, circuit: circuits[statement], key, onProgress }]),
    );
    return await work(kits as unknown as Kits<Needed>);
  } finally {
    await prover.close();
  }
}
