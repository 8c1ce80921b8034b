import type { ChainReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { checkLiquidation } from "../../chain/liquidation/check.ts";
import type { LiquidationParameters } from "../../chain/liquidation/parameters.ts";
import { readParameters } from "../../chain/liquidation/read-parties.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { type TimingProblem, timingProblems } from "../../chain/liquidation/timing.ts";
import { readInterval } from "../../chain/oracle/read.ts";
import { given } from "../../given.ts";

/** A liquidation whose contracts belong together. */
export interface CheckedLiquidation {
  readonly parameters: LiquidationParameters;
  /** What doesn't go together among its times; empty: nothing. */
  readonly problems: readonly TimingProblem[];
}

/**
 * Checks on chain that a deployment's liquidation is what it says, and that its times still go together: parameters change by governance,
 * those of the volatility oracle too.
 * @param cadence seconds between two snapshots, where it is known.
 * @throws {BallastError} as `checkLiquidation`.
 * @example
 * ```ts
 * import type { Deployment } from "ballast";
 * import { checkDeployedLiquidation } from "ballast/actions";
 * import { connectReader } from "ballast/chain";
 * declare const deployment: Deployment;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const { problems } = await checkDeployedLiquidation(reader, deployment, 300n);
 * ```
 */
export async function checkDeployedLiquidation(
  reader: ChainReader,
  deployment: Deployment,
  cadence?: bigint,
): Promise<CheckedLiquidation> {
  await checkLiquidation(reader, deployment);
  const parameters = await readParameters(reader, liquidationOf(deployment));
  const oracle = deployment.liquidation?.volatilityOracle;
  const interval = oracle === undefined ? undefined : await readInterval(reader, oracle);
  return { parameters, problems: timingProblems({ parameters, ...given({ cadence, interval }) }) };
}
