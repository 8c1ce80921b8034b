import { dirname } from "node:path";
import type { Address } from "viem";
import { getAddress, isAddress } from "viem";
import { deployBallast } from "../../chain/deploy.ts";
import { type Deployment, saveDeployment } from "../../chain/deployment.ts";
import type { VerifierSpec } from "../../chain/verifier-code.ts";
import { BallastError } from "../../errors.ts";
import { instance } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { connectWith, makeFolder, parseCount } from "../options.ts";
import type { Register } from "../program.ts";

interface Options extends Record<string, unknown> {
  readonly rpc: string;
  readonly privateKeyFile?: string;
  readonly oracle: string[];
  readonly threshold?: string;
  readonly maxAge: string;
  readonly requireProven?: boolean;
  readonly owner?: string;
  readonly output: string;
}

/** `ballast deploy`: all contracts, with a verifier for each named instance. */
export const deploy: Register = (program, run) => {
  program
    .command("deploy")
    .description("deploy the contracts, with a verifier for each instance")
    .argument("<instances...>", "circuit instances whose keys are here, e.g. 16x120 64x240")
    .requiredOption("--rpc <url>", "the chain's node")
    .requiredOption("--oracle <addresses...>", "addresses of the oracles that sign snapshots")
    .requiredOption("-o, --output <file>", "where to write the deployment's addresses")
    .option("--private-key-file <file>", "the deployer's key (default: $BALLAST_PRIVATE_KEY)")
    .option("--threshold <n>", "how many oracles must sign (default: the smallest majority)")
    .option("--max-age <seconds>", "oldest snapshot that attests", "3600")
    .option("--require-proven", "take only table points that were computed on chain")
    .option("--owner <address>", "who may register verifiers (default: the deployer)")
    .addHelpText("after", "\nDevelopment keys are refused on any chain but a local one (ids 31337 and 1337).")
    .action(
      run<Options>(async ({ io, json, progress }, options, names) => {
        makeFolder(dirname(options.output));
        const client = await connectWith(options.rpc, options.privateKeyFile);
        const verifiers: VerifierSpec[] = [];
        for (const name of names) {
          const circuit = instance(name);
          const { verifyingKey, manifest } = await loadKey(circuit, { onProgress: progress.onProgress });
          verifiers.push({ circuit, verifyingKey, dev: manifest.dev });
        }
        const deployment = await progress.step("deploying", () =>
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
          }),
        );
        save(options.output, deployment);
        emit(io, json, deployment, () => describe(options.output, deployment));
      }),
    );
};

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

function addressOf(text: string, option: string): Address {
  if (isAddress(text)) return getAddress(text);
  throw new BallastError("INVALID_INPUT", `${option} takes addresses: 0x and 40 hex digits.`, {
    hint: "In mixed case, the checksum must fit.",
  });
}

function describe(path: string, deployment: Deployment): string {
  return [
    `${path}: chain ${deployment.chainId}`,
    table(
      ["contract", "address"],
      [
        ["SnapshotOracle", deployment.snapshotOracle],
        ["TablePointBuilder", deployment.tablePointBuilder],
        ["VerifierRegistry", deployment.verifierRegistry],
        ["CoverageRegistry", deployment.coverageRegistry],
        ...deployment.verifiers.map(({ circuit, address, dev }) => [
          `${circuit}${dev ? " (development key)" : ""}`,
          address,
        ]),
      ],
    ),
  ].join("\n");
}
