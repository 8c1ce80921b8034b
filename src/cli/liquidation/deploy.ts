import type { Command } from "commander";
import type { Address } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { type DeployLiquidationOptions, deployLiquidation } from "../../chain/liquidation/deploy.ts";
import { loadParameters } from "../../chain/liquidation/parameters-file.ts";
import { addAsset, readDecimals } from "../../chain/solvency/vault.ts";
import { BallastError } from "../../errors.ts";
import { LIQUIDATION_STATEMENTS, liquidationCircuits } from "../../liquidation/circuits.ts";
import { LAST_COLLATERAL_ID } from "../../market/registry.ts";
import { type CircuitInstance, instance } from "../../prover/circuits.ts";
import { addressOf, parseCount } from "../options.ts";
import { parseLots } from "../solvency/asset.ts";
import { parseFieldOption } from "./parsers.ts";

/** Options of `ballast deploy` that are about a liquidation. */
export interface LiquidationDeployOptions {
  readonly liquidation?: boolean;
  readonly settlement?: string;
  readonly settlementId?: string;
  readonly unitsPerLot?: string;
  readonly microsPerLot?: string;
  readonly houseAccount?: string;
  readonly operator?: string;
  readonly guardian?: string;
  readonly parameters?: string;
}

/** What the options say. */
export interface LiquidationPlan extends Omit<DeployLiquidationOptions, "onStep" | "onDeployed"> {
  readonly token: Address;
  readonly unitsPerLot: bigint;
}

/** Those that mean nothing without `--liquidation`. */
const FLAGS = {
  settlement: "--settlement",
  settlementId: "--settlement-id",
  unitsPerLot: "--units-per-lot",
  microsPerLot: "--micros-per-lot",
  houseAccount: "--house-account",
  operator: "--operator",
  guardian: "--guardian",
  parameters: "--parameters",
} as const satisfies Partial<Record<keyof LiquidationDeployOptions, string>>;

/** Adds the options to `ballast deploy`. */
export function addLiquidationOptions(command: Command): Command {
  return command
    .option("--liquidation", "also the venue's liquidation: ledger, engine, auction, clearing house")
    .option("--settlement <token>", "the ERC-20 token in which cash, bonds and fees are paid")
    .option("--settlement-id <n>", "its instrument id, 1 to 7 (default: 1)")
    .option("--units-per-lot <n>", "the token's smallest units in a lot, e.g. 10000: a cent of six decimals")
    .option("--micros-per-lot <n>", "what a lot is worth in micro-USD, e.g. 10000: a cent")
    .option("--house-account <id>", "the clearing house's account, a field element in decimal or hex")
    .option("--operator <address>", "who acts for the clearing house (default: the owner)")
    .option("--guardian <address>", "who may stop new cases, and nothing else (default: the owner)")
    .option(
      "--parameters <file>",
      "windows, bonds and rates (default: an hour's soft window, 1,000 USD bonds)",
    );
}

export const LIQUIDATION_HELP = `
With --liquidation the verifiers of the circuits that go with each coverage instance are deployed too. Afterwards the venue
gives the settlement asset its token, which is done here where the deployer is the venue (else: ballast vault add), and
registers the clearing house's account:  ballast liquidate register --house -o house.json
A parameters file is {"format": "ballast.liquidation-parameters/1", "engine": {"softWindow": 3600}, "auction": {}, "funds": {}};
what it leaves out is standard. Bounds: docs/protocol/liquidation.md, docs/protocol/clearing-house.md.`;

/** @throws {BallastError} INVALID_INPUT, OUT_OF_RANGE, FILE_ERROR. */
export function liquidationPlan(
  options: LiquidationDeployOptions & { readonly owner?: string; readonly clearingHouse?: string },
  venue: Address | undefined,
): LiquidationPlan | undefined {
  if (options.liquidation !== true) {
    const stray = Object.entries(FLAGS).find(([key]) => options[key as keyof typeof FLAGS] !== undefined);
    if (stray === undefined) return undefined;
    throw new BallastError("INVALID_INPUT", `${stray[1]} goes with --liquidation.`, {
      hint: "Add --liquidation and --venue, or leave it out.",
    });
  }
  if (venue === undefined)
    throw new BallastError("INVALID_INPUT", "--liquidation goes with --venue.", {
      hint: "Give the venue whose accounts it is about.",
    });
  if (options.clearingHouse !== undefined)
    throw new BallastError("INVALID_INPUT", "--liquidation brings its own clearing house.", {
      hint: "Leave out --clearing-house.",
    });
  const { settlement, unitsPerLot, microsPerLot, houseAccount } = options;
  const required = { settlement, unitsPerLot, microsPerLot, houseAccount };
  const missing = Object.entries(required).find(([, value]) => value === undefined);
  if (missing !== undefined)
    throw new BallastError(
      "INVALID_INPUT",
      `--liquidation takes ${FLAGS[missing[0] as keyof typeof FLAGS]}.`,
      { hint: "Give --settlement, --units-per-lot, --micros-per-lot and --house-account." },
    );
  const units = parseLots(unitsPerLot ?? "", "--units-per-lot");
  const micros = parseLots(microsPerLot ?? "", "--micros-per-lot");
  const settlementId = parseCount(options.settlementId ?? "1", "--settlement-id");
  if (settlementId > LAST_COLLATERAL_ID)
    throw new BallastError("INVALID_INPUT", `There is no collateral asset ${settlementId}.`, {
      hint: `Their ids are 1 to ${LAST_COLLATERAL_ID}.`,
    });
  if (micros >= 1n << 63n)
    throw new BallastError("INVALID_INPUT", "--micros-per-lot is too large.", {
      hint: "A cent is 10000 micro-USD.",
    });
  const house = parseFieldOption(houseAccount ?? "", "--house-account");
  if (house === 0n)
    throw new BallastError("INVALID_INPUT", "The clearing house's account can't be 0.", {
      hint: "Give a number that no other account has.",
    });
  const people = {
    ...optional("owner", options.owner, "--owner"),
    ...optional("guardian", options.guardian, "--guardian"),
    ...optional("operator", options.operator, "--operator"),
  };
  return {
    venue,
    token: addressOf(settlement ?? "", "--settlement"),
    unitsPerLot: units,
    microsPerLot: micros,
    settlementId,
    houseAccount: house,
    parameters: loadParameters(options.parameters, units, micros),
    ...people,
  };
}

function optional<Key extends string>(key: Key, text: string | undefined, option: string) {
  return (text === undefined ? {} : { [key]: addressOf(text, option) }) as { [K in Key]?: Address };
}

/**
 * The named instances and, for a liquidation, those that go with each coverage instance of them.
 * @throws {BallastError} UNKNOWN_CIRCUIT; INVALID_INPUT for a liquidation without a coverage instance.
 */
export function instancesToDeploy(names: readonly string[], isLiquidation: boolean): CircuitInstance[] {
  const named = names.map((name) => instance(name));
  if (!isLiquidation) return named;
  const coverage = named.filter(({ statement }) => statement === "coverage");
  if (coverage.length === 0)
    throw new BallastError("INVALID_INPUT", "A liquidation needs a coverage instance.", {
      hint: "Name one, e.g. 64x240: the circuits that go with it are added.",
    });
  const all = new Map(named.map((circuit) => [circuit.name, circuit]));
  for (const { name } of coverage) {
    const together = liquidationCircuits(name);
    for (const statement of LIQUIDATION_STATEMENTS) all.set(together[statement].name, together[statement]);
  }
  return [...all.values()];
}

/** What can be known to be wrong before anything is sent. @throws {BallastError} INVALID_INPUT, CHAIN_ERROR. */
export async function checkPlan(client: ChainClient, plan: LiquidationPlan): Promise<void> {
  await readDecimals(client, plan.token);
}

/**
 * Deploys the plan and, where the deployer is the venue, gives the settlement asset its token.
 * @returns the deployment, and whether the asset has its token.
 * @throws {BallastError} as `deployLiquidation` and `addAsset`.
 */
export async function carryOut(
  client: ChainClient,
  deployment: Deployment,
  plan: LiquidationPlan,
  watch: Required<Pick<DeployLiquidationOptions, "onStep" | "onDeployed">>,
): Promise<{ readonly deployment: Deployment; readonly assetAdded: boolean }> {
  const { token, unitsPerLot, ...options } = plan;
  const deployed = await deployLiquidation(client, deployment, { ...options, ...watch });
  const { solvency } = deployed;
  if (solvency === undefined || !isSameAddress(plan.venue, client.account.address))
    return { deployment: deployed, assetAdded: false };
  watch.onStep("settlement asset");
  await addAsset(client, solvency, { instrumentId: plan.settlementId, token, unitsPerLot });
  return { deployment: deployed, assetAdded: true };
}

/** What the venue has to do next. */
export function nextSteps(path: string, plan: LiquidationPlan, assetAdded: boolean): string[] {
  const { settlementId, token, unitsPerLot } = plan;
  const on = `--rpc URL --deployment ${path}`;
  return [
    ...(assetAdded
      ? []
      : [`ballast vault add ${settlementId} --token ${token} --units-per-lot ${unitsPerLot} ${on}`]),
    `ballast liquidate register --house -o house.json ${on}`,
  ];
}
