import { dirname } from "node:path";
import { type Address, zeroAddress } from "viem";
import { checkVenuePlan, deploySystem, withLiquidationCircuits } from "../../actions/node/deploy-system.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { saveDeployment } from "../../chain/deploy/deployment-file.ts";
import { type DeploySolvencyOptions, readSealed } from "../../chain/deploy/node/deploy.ts";
import type { VerifierSpec } from "../../chain/deploy/node/verifier-code.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { makeFolder } from "../../node/files.ts";
import { instance } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { command } from "../command.ts";
import { force, output, privateKeyFile, rpc } from "../flags.ts";
import { table } from "../format.ts";
import { defaulted, needed, option, toggle } from "../input.ts";
import { LIQUIDATION_HELP, liquidationFlags, liquidationPlan, nextSteps } from "../liquidation/deploy.ts";
import { addressOf, connectWith, parseCount } from "../options.ts";
import { checkNoResult } from "../results.ts";
import { named } from "../summaries.ts";

export const deploy = command({
  ...named("deploy"),
  arguments: {
    named: needed("<instances...>", "circuit instances whose keys are here, e.g. 16x120 64x240", (text) =>
      instance(text),
    ),
  },
  flags: {
    rpc,
    oracleSigners: needed(
      "--oracle <addresses...>",
      "addresses of the oracles that sign snapshots",
      addressOf,
    ),
    output: output("where to write the deployment's addresses"),
    force,
    privateKeyFile: privateKeyFile("the deployer's key"),
    threshold: option(
      "--threshold <n>",
      "how many oracles must sign (default: the smallest majority)",
      parseCount,
    ),
    maxAge: defaulted("--max-age <seconds>", "oldest snapshot that attests", "3600", parseCount),
    requireProven: toggle("--require-proven", "take only table points that were computed on chain"),
    owner: option(
      "--owner <address>",
      "who may add verifiers and replace oracles (default: the deployer)",
      addressOf,
    ),
    volatilityOracle: option(
      "--volatility-oracle <address>",
      "whose rounds snapshots must name, and what hold-backs are taxed by (default: nothing)",
      addressOf,
    ),
    venue: option("--venue <address>", "also a vault and a solvency registry for this venue", addressOf),
    clearingHouse: option(
      "--clearing-house <address>",
      "what absorbs the venue's losses (IClearingHouse; default: nothing)",
      addressOf,
    ),
    ...liquidationFlags,
  },
  notes: `
Development keys are refused on any chain but a local one (ids 31337 and 1337).
On the others, and wherever --owner is another, the list of verifiers is sealed: a further one waits two days.
With --volatility-oracle each snapshot names a round of it: ballast snapshot build --oracle-round N.
${LIQUIDATION_HELP}`,
  examples: ["ballast deploy 16x120 64x240 --oracle ADDRESS -o d.json --rpc URL"],
  async run({ named, output: path, ...values }, { print, progress }) {
    checkNoResult(path, values);
    const solvency = venueOf(values);
    const liquidation = liquidationPlan(values, solvency?.venue);
    const circuits = liquidation === undefined ? named : withLiquidationCircuits(named);
    makeFolder(dirname(path));
    const client = await connectWith(values.rpc, values.privateKeyFile);
    const plan = given({ solvency, liquidation });
    await checkVenuePlan(client, plan);
    const verifiers: VerifierSpec[] = [];
    for (const circuit of circuits) {
      const { onProgress } = progress.part(verifiers.length + 1, circuits.length);
      const { verifyingKey, manifest } = await loadKey(circuit, { onProgress });
      verifiers.push({ circuit, verifyingKey, dev: manifest.dev });
    }
    const { oracleSigners, maxAge, requireProven, threshold, owner, volatilityOracle } = values;
    const { deployment, assetAdded } = await deploySystem(
      client,
      {
        ...{ verifiers, oracleSigners, maxAge, requireProven },
        ...given({ threshold, owner, volatilityOracle }),
      },
      plan,
      { name: path, save: (deployed) => save(path, deployed) },
      progress,
    );
    const next = liquidation === undefined ? [] : nextSteps(path, liquidation, assetAdded);
    const sealed = await readSealed(client, deployment);
    print(deployment, () => describe(path, deployment, sealed, next));
  },
});

interface VenueValues {
  readonly venue?: Address;
  readonly clearingHouse?: Address;
}

/** The venue that `--venue` and `--clearing-house` name. @throws {BallastError} INVALID_INPUT. */
function venueOf({ venue, clearingHouse }: VenueValues): DeploySolvencyOptions | undefined {
  if (venue === zeroAddress)
    throw new BallastError("INVALID_INPUT", "--venue is nobody's address.", {
      hint: "Give the address whose key signs the venue's runs.",
    });
  if (venue !== undefined) return { venue, ...given({ clearingHouse }) };
  if (clearingHouse === undefined) return undefined;
  throw new BallastError("INVALID_INPUT", "--clearing-house goes with --venue.", {
    hint: "Give the venue whose losses it absorbs.",
  });
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
