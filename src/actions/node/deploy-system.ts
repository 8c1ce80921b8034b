import type { Address } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import {
  checkClearingHouse,
  type DeployOptions,
  type DeploySolvencyOptions,
  deployBallast,
  deploySolvency,
} from "../../chain/deploy/node/deploy.ts";
import { type DeployLiquidationOptions, deployLiquidation } from "../../chain/liquidation/node/deploy.ts";
import { addAsset, readDecimals } from "../../chain/solvency/vault.ts";
import { BallastError } from "../../errors.ts";
import { LIQUIDATION_STATEMENTS, liquidationCircuits } from "../../liquidation/circuits.ts";
import type { CircuitInstance } from "../../prover/circuits.ts";
import { runCircuits } from "../../solvency/circuits.ts";
import { type Progress, SILENT } from "../progress.ts";

/** A venue's liquidation, and the settlement asset's token. */
export interface LiquidationPlan extends Omit<DeployLiquidationOptions, "onStep" | "onDeployed"> {
  readonly token: Address;
  /** The token's smallest units in a lot. */
  readonly unitsPerLot: bigint;
}

/** What is deployed beside the coverage contracts: a venue's solvency alone, or with its liquidation. */
export interface VenuePlan {
  readonly solvency?: DeploySolvencyOptions;
  readonly liquidation?: LiquidationPlan;
}

/** Where a deployment is kept, whenever there is more of it. */
export interface DeploymentStore {
  /** What errors call it, e.g. its file. */
  readonly name: string;
  readonly save: (deployment: Deployment) => void;
}

export interface DeployedSystem {
  readonly deployment: Deployment;
  /** Whether the settlement asset has its token: only the venue can give it. */
  readonly assetAdded: boolean;
}

/** Looks at what a plan names on chain, before anything is sent. @throws {BallastError} INVALID_INPUT, CHAIN_ERROR. */
export async function checkVenuePlan(
  client: ChainClient,
  { solvency, liquidation }: VenuePlan,
): Promise<void> {
  if (solvency?.clearingHouse !== undefined) await checkClearingHouse(client, solvency.clearingHouse);
  if (liquidation !== undefined) await readDecimals(client, liquidation.token);
}

/**
 * Deploys all contracts, and then the venue's, whose accounts have one size: that of the circuits. What is deployed is in the store by then, whatever happens.
 * @throws {BallastError} as `deployBallast`, `deploySolvency`, `deployLiquidation`, `addAsset`; what the store throws.
 */
export async function deploySystem(
  client: ChainClient,
  options: Omit<DeployOptions, "onStep">,
  plan: VenuePlan,
  store: DeploymentStore,
  progress: Progress = SILENT,
): Promise<DeployedSystem> {
  const onStep = (step: string) => progress.note(step);
  const slots = slotsOf(options.verifiers, plan);
  const first = await progress.step("deploying", () => deployBallast(client, { ...options, slots, onStep }));
  store.save(first);
  let saved = first;
  const keep = (deployment: Deployment) => {
    store.save(deployment);
    saved = deployment;
  };
  try {
    const assetAdded = await deployVenue(client, first, plan, keep, progress);
    return { deployment: saved, assetAdded };
  } catch (cause) {
    if (!(cause instanceof BallastError) || cause.code === "FILE_ERROR") throw cause;
    const isWhole = saved !== first;
    const message = isWhole
      ? `${store.name} has all contracts, but what comes after them failed.`
      : `${store.name} is deployed, but not the venue's contracts.`;
    const hint = isWhole ? assetHint(plan.liquidation) : "Deploy again in another file.";
    const { code, details } = cause;
    const inputs = [
      ...cause.inputs,
      ...(isWhole && plan.liquidation !== undefined ? (["vault.add"] as const) : []),
    ];
    throw new BallastError(code, message, { hint: `${cause.message} ${hint}`, inputs, details, cause });
  }
}

/** A venue's accounts are of one size, that of the circuits; where there is none, of any. */
function slotsOf(verifiers: DeployOptions["verifiers"], { solvency, liquidation }: VenuePlan): number {
  if (solvency === undefined && liquidation === undefined) return 0;
  return (
    verifiers.map(({ circuit }) => ("slots" in circuit ? circuit.slots : 0)).find((slots) => slots > 0) ?? 0
  );
}

function assetHint(plan: LiquidationPlan | undefined): string {
  if (plan === undefined) return "Use it as it is.";
  const { settlementId, token, unitsPerLot } = plan;
  return `Use it; the venue gives the settlement asset its token as id ${settlementId}: token ${token}, ${unitsPerLot} units a lot.`;
}

async function deployVenue(
  client: ChainClient,
  deployment: Deployment,
  { solvency, liquidation }: VenuePlan,
  keep: (deployment: Deployment) => void,
  progress: Progress,
): Promise<boolean> {
  const onStep = (step: string) => progress.note(step);
  if (liquidation !== undefined)
    return progress.step("deploying the venue's liquidation", () =>
      deployWithAsset(client, deployment, liquidation, { onStep, onDeployed: keep }),
    );
  if (solvency === undefined) return false;
  const deployed = await progress.step("deploying the venue's contracts", () =>
    deploySolvency(client, deployment, { ...solvency, onStep }),
  );
  keep({ ...deployment, solvency: deployed });
  return false;
}

/** Gives the settlement asset its token, where the deployer is the venue. @returns whether it has it. */
async function deployWithAsset(
  client: ChainClient,
  deployment: Deployment,
  { token, unitsPerLot, ...options }: LiquidationPlan,
  watch: Required<Pick<DeployLiquidationOptions, "onStep" | "onDeployed">>,
): Promise<boolean> {
  const { solvency } = await deployLiquidation(client, deployment, { ...options, ...watch });
  const isVenue = isSameAddress(options.venue, client.account.address);
  if (solvency === undefined || !isVenue) return false;
  watch.onStep("settlement asset");
  await addAsset(client, solvency, { instrumentId: options.settlementId, token, unitsPerLot });
  return true;
}

/**
 * Some instances with those that a liquidation needs beside each coverage instance of them.
 * @throws {BallastError} INVALID_INPUT without a coverage instance.
 */
export function withLiquidationCircuits(named: readonly CircuitInstance[]): CircuitInstance[] {
  const coverage = named.filter(({ statement }) => statement === "coverage");
  if (coverage.length === 0)
    throw new BallastError("INVALID_INPUT", "A liquidation needs a coverage instance.", {
      hint: "Name one, e.g. 64x240: the circuits that go with it are added.",
    });
  const all = new Map(named.map((circuit) => [circuit.name, circuit]));
  for (const { name } of coverage) {
    const together = liquidationCircuits(name);
    for (const statement of LIQUIDATION_STATEMENTS) all.set(together[statement].name, together[statement]);
    for (const circuit of Object.values(runCircuits(together.coverage))) all.set(circuit.name, circuit);
  }
  return [...all.values()];
}
