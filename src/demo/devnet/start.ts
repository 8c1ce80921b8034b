import type { Address } from "viem";
import { liquidationKeys } from "../../actions/node/keys.ts";
import type { Progress } from "../../actions/progress.ts";
import { saveDeployment } from "../../chain/deploy/deployment-file.ts";
import { type Anvil, anvilBinary, anvilKeys, startAnvil } from "../../chain/node/anvil.ts";
import { LIQUIDATION_STATEMENTS, type LiquidationCircuits } from "../../liquidation/circuits.ts";
import { SAMPLE_TIME } from "../../market/sample.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import { runCircuits } from "../../solvency/circuits.ts";
import { runKits } from "../cascade/anchor.ts";
import { connectAll } from "../people.ts";
import { deployDevnet, PEOPLE, type Person } from "./deploy.ts";
import {
  environmentOf,
  openDevnetFolder,
  writeEnvironment,
  writeKey,
  writeParameters,
  writeSmallPolicy,
} from "./files.ts";

export interface DevnetOptions {
  /** A new folder for keys, addresses and parameters. */
  readonly folder: string;
  /** Where the node listens; 0 for any free port. */
  readonly port: number;
  readonly circuits: LiquidationCircuits;
  readonly progress: Progress;
}

/** A local chain with a venue on it, until it is stopped. */
export interface RunningDevnet {
  readonly anvil: Anvil;
  readonly chainId: number;
  readonly token: Address;
  readonly people: readonly { readonly name: Person; readonly address: Address; readonly keyFile: string }[];
  /** What snapshots are built with: a preset's name, or a file. */
  readonly policy: string;
  /** For a shell. */
  readonly environment: Readonly<Record<string, string>> & { readonly ON: string };
  /** The file that sets it. */
  readonly environmentFile: string;
}

/** Seconds before the bundled sample at which the chain begins: an account's tier is proven by a market after its last change. */
const LEAD = 86_400n;
/** Scenarios of a real policy; circuits with fewer take a small one. */
const SCENARIOS = 35;

/**
 * Starts a local chain with a venue on it.
 * @throws {BallastError} FILE_ERROR where the folder has files already; CHAIN_ERROR, before anything is made, without a node's program;
 *   what any part throws.
 */
export async function startDevnet(options: DevnetOptions): Promise<RunningDevnet> {
  const { folder, port, circuits, progress } = options;
  const files = openDevnetFolder(folder);
  anvilBinary(); // Circuits and keys can take minutes: without a node they would be for nothing.
  const keys = await liquidationKeys(circuits, (circuit) => {
    const n = LIQUIDATION_STATEMENTS.indexOf(circuit.statement) + 1;
    const { onProgress } = progress.part(n, LIQUIDATION_STATEMENTS.length);
    return setupDev(circuit, { onProgress });
  });
  const runs = await runKits(runCircuits(circuits.coverage), (circuit) =>
    setupDev(circuit, { onProgress: progress.onProgress }),
  );
  const anvil = await progress.step("starting a local chain", () =>
    startAnvil({ port, timestamp: SAMPLE_TIME / 1_000n - LEAD }),
  );
  try {
    // Not before the node listens: where its port is taken, the same folder will do the next time.
    const parameters = writeParameters(folder);
    const policy = circuits.coverage.shape.scenarios < SCENARIOS ? writeSmallPolicy(folder) : "les";
    const clients = await connectAll(anvil.rpcUrl, PEOPLE);
    const { token, deployment } = await deployDevnet(clients, circuits, keys, runs, parameters, progress);
    saveDeployment(files.deployment, deployment);
    const own = anvilKeys(PEOPLE.length);
    for (const [i, name] of PEOPLE.entries()) writeKey(files.keyOf(name), own[i] ?? "0x");
    const people = PEOPLE.map((name) => ({
      name,
      address: clients[name].account.address,
      keyFile: files.keyOf(name),
    }));
    const environment = {
      ...environmentOf(anvil.rpcUrl, circuits.coverage.name, files),
      ...(Object.fromEntries(people.map(({ name, address }) => [name.toUpperCase(), address])) as Record<
        string,
        string
      >),
    };
    writeEnvironment(files.environment, environment);
    const { chainId } = deployment;
    return { anvil, chainId, token, people, policy, environment, environmentFile: files.environment };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}
