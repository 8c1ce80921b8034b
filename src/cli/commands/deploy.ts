import { dirname } from "node:path";
import { zeroAddress } from "viem";
import type { Progress } from "../../actions/progress.ts";
import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { saveDeployment } from "../../chain/deploy/deployment-file.ts";
import {
  checkClearingHouse,
  type DeploySolvencyOptions,
  deployBallast,
  deploySolvency,
  readSealed,
} from "../../chain/deploy/node/deploy.ts";
import type { VerifierSpec } from "../../chain/deploy/node/verifier-code.ts";
import { BallastError } from "../../errors.ts";
import { makeFolder } from "../../node/files.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import {
  addLiquidationOptions,
  carryOut,
  checkPlan,
  instancesToDeploy,
  LIQUIDATION_HELP,
  type LiquidationDeployOptions,
  type LiquidationPlan,
  liquidationPlan,
  nextSteps,
} from "../liquidation/deploy.ts";
import { addressOf, connectWith, parseCount } from "../options.ts";
import type { Register } from "../program.ts";
import { checkNoResult, FORCE, type Force } from "../results.ts";

interface Options extends Record<string, unknown>, LiquidationDeployOptions, Force {
  readonly rpc: string;
  readonly privateKeyFile?: string;
  readonly oracle: string[];
  readonly threshold?: string;
  readonly maxAge: string;
  readonly requireProven?: boolean;
  readonly owner?: string;
  readonly venue?: string;
  readonly clearingHouse?: string;
  readonly volatilityOracle?: string;
  readonly output: string;
}

/** `ballast deploy`: all contracts, with a verifier for each named instance. */
export const deploy: Register = (program, run) => {
  const command = program
    .command("deploy")
    .description("deploy the contracts, with a verifier for each instance")
    .argument("<instances...>", "circuit instances whose keys are here, e.g. 16x120 64x240")
    .requiredOption("--rpc <url>", "the chain's node")
    .requiredOption("--oracle <addresses...>", "addresses of the oracles that sign snapshots")
    .requiredOption("-o, --output <file>", "where to write the deployment's addresses")
    .option(...FORCE)
    .option("--private-key-file <file>", "the deployer's key (default: $BALLAST_PRIVATE_KEY)")
    .option("--threshold <n>", "how many oracles must sign (default: the smallest majority)")
    .option("--max-age <seconds>", "oldest snapshot that attests", "3600")
    .option("--require-proven", "take only table points that were computed on chain")
    .option("--owner <address>", "who may add verifiers and replace oracles (default: the deployer)")
    .option(
      "--volatility-oracle <address>",
      "whose rounds snapshots must name, and what hold-backs are taxed by (default: nothing)",
    )
    .option("--venue <address>", "also a vault and a solvency registry for this venue")
    .option(
      "--clearing-house <address>",
      "what absorbs the venue's losses (IClearingHouse; default: nothing)",
    );
  addLiquidationOptions(command)
    .addHelpText(
      "after",
      `
Development keys are refused on any chain but a local one (ids 31337 and 1337).
There, or with another --owner, the list of verifiers is sealed: a further one waits two days.
With --volatility-oracle each snapshot names a round of it: ballast snapshot build --oracle-round N.
${LIQUIDATION_HELP}`,
    )
    .action(
      run<Options>(async ({ io, json, progress }, options, names) => {
        checkNoResult(options.output, options);
        const venue = venueOf(options);
        const plan = liquidationPlan(options, venue?.venue);
        const volatilityOracle =
          options.volatilityOracle === undefined
            ? undefined
            : addressOf(options.volatilityOracle, "--volatility-oracle");
        const circuits = instancesToDeploy(names, plan !== undefined);
        makeFolder(dirname(options.output));
        const client = await connectWith(options.rpc, options.privateKeyFile);
        if (venue?.clearingHouse !== undefined) await checkClearingHouse(client, venue.clearingHouse);
        if (plan !== undefined) await checkPlan(client, plan);
        const verifiers: VerifierSpec[] = [];
        for (const circuit of circuits) {
          const { verifyingKey, manifest } = await loadKey(circuit, {
            onProgress: progress.part(verifiers.length + 1, circuits.length).onProgress,
          });
          verifiers.push({ circuit, verifyingKey, dev: manifest.dev });
        }
        const deployed = await progress.step("deploying", () =>
          deployBallast(client, {
            verifiers,
            oracleSigners: options.oracle.map((text) => addressOf(text, "--oracle")),
            maxAge: parseCount(options.maxAge, "--max-age"),
            requireProven: options.requireProven === true,
            onStep: (step) => progress.note(step),
            ...(options.threshold === undefined
              ? {}
              : { threshold: parseCount(options.threshold, "--threshold") }),
            ...(options.owner === undefined ? {} : { owner: addressOf(options.owner, "--owner") }),
            ...(volatilityOracle === undefined ? {} : { volatilityOracle }),
          }),
        );
        save(options.output, deployed);
        const { deployment, next } = await withVenue(client, options.output, deployed, progress, venue, plan);
        const sealed = await readSealed(client, deployment);
        emit(io, json, deployment, () => describe(options.output, deployment, sealed, next));
      }),
    );
};

/** The venue that `--venue` and `--clearing-house` name. @throws {BallastError} INVALID_INPUT. */
function venueOf({ venue, clearingHouse }: Options): DeploySolvencyOptions | undefined {
  if (venue !== undefined) {
    const house =
      clearingHouse === undefined ? {} : { clearingHouse: addressOf(clearingHouse, "--clearing-house") };
    const address = addressOf(venue, "--venue");
    if (address !== zeroAddress) return { venue: address, ...house };
    throw new BallastError("INVALID_INPUT", "--venue is nobody's address.", {
      hint: "Give the address whose key signs the venue's runs.",
    });
  }
  if (clearingHouse === undefined) return undefined;
  throw new BallastError("INVALID_INPUT", "--clearing-house goes with --venue.", {
    hint: "Give the venue whose losses it absorbs.",
  });
}

/** Deploys the venue's contracts too, where there is one; the others are in the file by then, whatever happens. */
async function withVenue(
  client: ChainClient,
  path: string,
  deployed: Deployment,
  progress: Progress,
  venue: DeploySolvencyOptions | undefined,
  plan: LiquidationPlan | undefined,
): Promise<{ readonly deployment: Deployment; readonly next: readonly string[] }> {
  const onStep = (step: string) => progress.note(step);
  if (venue === undefined) return { deployment: deployed, next: [] };
  let saved = deployed;
  const keep = (deployment: Deployment) => {
    save(path, deployment);
    saved = deployment;
  };
  try {
    if (plan === undefined) {
      const solvency = await progress.step("deploying the venue's contracts", () =>
        deploySolvency(client, deployed, { ...venue, onStep }),
      );
      keep({ ...deployed, solvency });
      return { deployment: saved, next: [] };
    }
    const { assetAdded } = await progress.step("deploying the venue's liquidation", () =>
      carryOut(client, deployed, plan, { onStep, onDeployed: keep }),
    );
    return { deployment: saved, next: nextSteps(path, plan, assetAdded) };
  } catch (cause) {
    if (!(cause instanceof BallastError) || cause.code === "FILE_ERROR") throw cause;
    const isWhole = saved !== deployed;
    throw new BallastError(
      cause.code,
      isWhole
        ? `${path} has all contracts, but what comes after them failed.`
        : `${path} is deployed, but not the venue's contracts.`,
      {
        hint: isWhole
          ? `${cause.message} Go on with it: ${plan === undefined ? "" : nextSteps(path, plan, false).join("; ")}`
          : `${cause.message} Deploy again in another file.`,
        details: cause.details,
        cause,
      },
    );
  }
}

/** Contracts without their addresses would be lost: where the file can't be written, the error holds them. */
function save(path: string, deployment: Deployment): void {
  try {
    saveDeployment(path, deployment);
  } catch (cause) {
    if (!(cause instanceof BallastError)) throw cause;
    throw new BallastError(cause.code, `The contracts are deployed, but ${path} can't be written.`, {
      hint: `Save this line as the deployment: ${JSON.stringify(deployment)}`,
      cause,
    });
  }
}

function describe(path: string, deployment: Deployment, sealed: boolean, next: readonly string[]): string {
  const { solvency, liquidation } = deployment;
  return [
    `${path}: chain ${deployment.chainId}`,
    table(
      ["contract", "address"],
      [
        ["SnapshotOracle", deployment.snapshotOracle],
        ["TablePointBuilder", deployment.tablePointBuilder],
        [`VerifierRegistry (${sealed ? "sealed" : "open"})`, deployment.verifierRegistry],
        ["CoverageRegistry", deployment.coverageRegistry],
        ...(solvency === undefined
          ? []
          : [
              [`CollateralVault of ${solvency.venue}`, solvency.vault],
              ["SolvencyRegistry", solvency.registry],
            ]),
        ...(liquidation === undefined
          ? []
          : [
              ["PortfolioLedger", liquidation.ledger],
              ["LiquidationEngine", liquidation.engine],
              ["LiquidationAuction", liquidation.auction],
              ["ClearingHouse", liquidation.clearingHouse],
            ]),
        ...deployment.verifiers.map(({ circuit, address, dev }) => [
          `${circuit}${dev ? " (development key)" : ""}`,
          address,
        ]),
      ],
    ),
    ...(next.length === 0 ? [] : ["next, as the venue:", ...next.map((command) => `  ${command}`)]),
  ].join("\n");
}
