import { liquidationKeys } from "../actions/node/keys.ts";
import type { Progress } from "../actions/progress.ts";
import { given } from "../given.ts";
import { liquidationCircuits } from "../liquidation/circuits.ts";
import { slotsOf } from "../portfolio/portfolio.ts";
import type { CircuitInstance, CoverageCircuit } from "../prover/circuits.ts";
import { setupDev } from "../prover/keys/setup-dev.ts";
import { circuitInfo } from "../prover/node/artifacts.ts";
import { createProver } from "../prover/node/prover.ts";
import type { BackendName } from "../prover/prover.ts";
import { loadHighs } from "../risk/path/highs.ts";
import type { Policy } from "../risk/policy.ts";
import { runCircuits } from "../solvency/circuits.ts";
import { runKits } from "./cascade/anchor.ts";
import { planCascade } from "./cascade/plan.ts";
import { type DemoMarkets, demoMarkets } from "./markets.ts";
import { demoAccounts } from "./portfolios.ts";
import { DEMO_ROUNDS, type DemoResult, playDemo } from "./story.ts";

export interface DemoOptions {
  readonly circuit: CoverageCircuit;
  readonly policy: Policy;
  /** Files of the market after the crash. Default: the bundled sample. */
  readonly chain?: readonly string[] | undefined;
  /** Files of the market before it. */
  readonly before?: readonly string[] | undefined;
  readonly backend: "auto" | BackendName;
  /** Whether the breaches are liquidated. */
  readonly isLiquidated: boolean;
  readonly progress: Progress;
}

/** The demo that was played, and on what. */
export interface PlayedDemo {
  readonly markets: DemoMarkets;
  readonly result: DemoResult;
  readonly backend: BackendName;
  /** What it took. */
  readonly ms: number;
}

/**
 * Prepares the demo (markets, circuits, development keys), and plays it.
 * @throws {BallastError} INVALID_MARKET, PORTFOLIO_TOO_LARGE, UNKNOWN_CIRCUIT; what any part throws.
 */
export async function runDemo(options: DemoOptions): Promise<PlayedDemo> {
  const start = performance.now();
  const { circuit, policy, chain, before, isLiquidated, progress } = options;
  const oracleRounds = isLiquidated ? DEMO_ROUNDS : undefined;
  const markets = await progress.step("pricing two markets", () =>
    demoMarkets({ policy, rows: circuit.rows, ...given({ oracleRounds, chain, before }) }),
  );
  const accounts = demoAccounts(markets);
  for (const { portfolio } of accounts) slotsOf(portfolio.positions, circuit.slots);
  const plan = isLiquidated ? planCascade(markets, accounts, await loadHighs()) : undefined;
  const circuits = isLiquidated ? liquidationCircuits(circuit.name) : undefined;
  const runs = isLiquidated ? runCircuits(circuit) : undefined;
  const toMake: readonly CircuitInstance[] =
    circuits === undefined ? [circuit] : [...Object.values(circuits), ...Object.values(runs ?? {})];
  const keyOf = (wanted: CircuitInstance) => {
    const n = toMake.findIndex(({ name }) => name === wanted.name) + 1;
    return setupDev(wanted, { onProgress: progress.part(n, toMake.length).onProgress });
  };
  const keys = circuits === undefined ? undefined : await liquidationKeys(circuits, keyOf);
  const kits = runs === undefined ? undefined : await runKits(runs, keyOf);
  const key = keys?.coverage ?? (await keyOf(circuit));
  for (const used of toMake) {
    const { constraints, domainPower } = await circuitInfo(used);
    progress.note(
      `${used.name}: ${constraints.toLocaleString("en-US")} constraints, domain 2^${domainPower}, development key`,
    );
  }
  const liquidation =
    circuits === undefined || keys === undefined || plan === undefined || kits === undefined
      ? undefined
      : { circuits, keys, runs: kits, plan };
  const prover = createProver({ backend: options.backend });
  try {
    const result = await playDemo({ markets, circuit, key, prover, progress, ...given({ liquidation }) });
    return { markets, result, backend: prover.backend, ms: performance.now() - start };
  } finally {
    await prover.close();
  }
}
