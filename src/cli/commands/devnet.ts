import { spawn } from "node:child_process";
import type { Command } from "commander";
import { liquidationKeys } from "../../actions/node/keys.ts";
import { connectReader, isLocalChain } from "../../chain/client.ts";
import { saveDeployment } from "../../chain/deploy/deployment-file.ts";
import { chainError } from "../../chain/errors.ts";
import { guarded } from "../../chain/guarded.ts";
import { anvilKeys, startAnvil } from "../../chain/node/anvil.ts";
import { connectPeople, deployDevnet, PEOPLE } from "../../demo/devnet/deploy.ts";
import {
  environmentOf,
  openDevnetFolder,
  writeEnvironment,
  writeKey,
  writeParameters,
  writeSmallPolicy,
} from "../../demo/devnet/files.ts";
import { timeText } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { LIQUIDATION_STATEMENTS, liquidationCircuits } from "../../liquidation/circuits.ts";
import { SAMPLE_TIME } from "../../market/sample.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { parseCount } from "../options.ts";
import type { Register, Runner } from "../program.ts";

interface StartOptions extends Record<string, unknown> {
  readonly port: string;
  readonly instance: string;
  readonly exec?: string;
}
interface MoveOptions extends Record<string, unknown> {
  readonly rpc: string;
}

/** `ballast devnet`: a local chain with a venue on it. */
export const devnet: Register = (program, run) => {
  const group = program
    .command("devnet")
    .description("a local chain with a venue on it: keys, a token, contracts, to try liquidations");
  registerStart(group, run);
  registerMove(group, run);
};

/** The smallest instance of all that a liquidation takes. */
const SMALLEST = "4x8";
/** Seconds before the bundled sample at which the chain begins: an account's tier is proven by a market after its last change. */
const LEAD = 86_400n;

function registerStart(group: Command, run: Runner): void {
  group
    .command("start", { isDefault: true })
    .description("start it, until it is interrupted; `ballast devnet FOLDER` is the same")
    .argument("<folder>", "a new folder for keys, addresses and parameters")
    .option("--port <n>", "where the node listens, 0 for any free port", "8545")
    .option("--instance <name>", "the venue's coverage instance", SMALLEST)
    .option("--exec <command>", "run this in a shell with the environment set, and end with it")
    .addHelpText(
      "after",
      `
The folder gets a key file for each of owner, venue, oracle, alice and bob (public keys of test chains: for nothing else), deployment.json,
parameters.json (the shortest windows), policy.json for the smallest instance, and on.sh. In another terminal:
  $ . FOLDER/on.sh
Then commands know --rpc, --deployment, --snapshot and --circuit, and $OWNER, $VENUE, $ORACLE, $ALICE, $BOB are addresses. The chain's clock begins a day before the bundled sample market;
\`ballast devnet move\` moves it. Everything is gone when the command ends. docs/learn/a-breach.md goes through a case.
The smallest instance holds 4 positions over 8 instruments under 5 scenarios, and proves in a second; --instance 64x240
is a venue's real size, under les, and takes minutes to compile.`,
    )
    .action(
      run<StartOptions>(async ({ io, json, progress, fail }, options, [folder = ""]) => {
        const port = options.port === "0" ? 0 : parseCount(options.port, "--port", 5);
        const circuits = liquidationCircuits(options.instance);
        const files = openDevnetFolder(folder);
        const parameters = writeParameters(folder);
        const isSmall = circuits.coverage.shape.scenarios < 35;
        const policy = isSmall ? writeSmallPolicy(folder) : "les";
        const keys = await liquidationKeys(circuits, (circuit) => {
          const n = LIQUIDATION_STATEMENTS.indexOf(circuit.statement) + 1;
          const { onProgress } = progress.part(n, LIQUIDATION_STATEMENTS.length);
          return setupDev(circuit, { onProgress });
        });
        const anvil = await progress.step("starting a local chain", () =>
          startAnvil({ port, timestamp: SAMPLE_TIME / 1_000n - LEAD }),
        );
        try {
          const people = await connectPeople(anvil.rpcUrl);
          const { token, deployment } = await deployDevnet(people, circuits, keys, parameters, progress);
          saveDeployment(files.deployment, deployment);
          const own = anvilKeys(PEOPLE.length);
          for (const [i, name] of PEOPLE.entries()) writeKey(files.keyOf(name), own[i] ?? "0x");
          const addresses = PEOPLE.map((name) => [name.toUpperCase(), people[name].account.address]);
          const environment = {
            ...environmentOf(anvil.rpcUrl, circuits.coverage.name, files),
            ...(Object.fromEntries(addresses) as Readonly<Record<string, string>>),
          };
          writeEnvironment(files.environment, environment);
          const persons = PEOPLE.map((name) => ({
            name,
            address: people[name].account.address,
            keyFile: files.keyOf(name),
          }));
          const result = {
            rpc: anvil.rpcUrl,
            chainId: deployment.chainId,
            folder,
            instance: circuits.coverage.name,
            policy,
            token,
            people: persons,
            environment,
          };
          emit(io, json, result, () =>
            [
              `a local chain at ${anvil.rpcUrl}, chain ${deployment.chainId}, for ${circuits.coverage.name}`,
              table(
                ["who", "address", "key"],
                persons.map(({ name, address }) => [name, address, `${name}.key`]),
              ),
              `token ${token}, of which each has ten million`,
              "in another terminal:",
              `  $ . ${files.environment}`,
              "or, on each command line:",
              `  $ export ON="${environment.ON}"`,
              ...(options.exec === undefined ? ["Ctrl-C ends the chain."] : []),
            ].join("\n"),
          );
          if (options.exec === undefined) await untilInterrupted(anvil.ended);
          else if ((await runShell(options.exec, environment)) !== 0) fail();
        } finally {
          await anvil.stop();
        }
      }),
    );
}

function registerMove(group: Command, run: Runner): void {
  group
    .command("move")
    .description("move a local chain's clock on")
    .argument("<seconds>", "by how much")
    .requiredOption("--rpc <url>", "the local chain's node")
    .action(
      run<MoveOptions>(async ({ io, json }, { rpc }, [text = ""]) => {
        const seconds = parseCount(text, "the seconds");
        const { chainId, public: client } = await connectReader(rpc);
        if (!isLocalChain(chainId)) {
          throw new BallastError(
            "INVALID_INPUT",
            `Chain ${chainId} is no local chain: its clock is its own.`,
            {
              hint: "Give the --rpc of `ballast devnet`.",
            },
          );
        }
        try {
          await client.request({ method: "evm_increaseTime", params: [seconds] } as never);
          await client.request({ method: "evm_mine" } as never);
        } catch (cause) {
          throw chainError(cause, "moving the clock", "anvil and hardhat can; other nodes may not.");
        }
        const { timestamp } = await guarded("reading the latest block", () => client.getBlock());
        emit(io, json, { time: timestamp }, () => `it is ${timeText(timestamp)} on the chain`);
      }),
    );
}

async function untilInterrupted(ended: Promise<void>): Promise<void> {
  let end: () => void = () => {};
  const interrupted = new Promise<"interrupted">((resolve) => {
    end = () => resolve("interrupted");
  });
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  try {
    // A pending promise keeps no process alive; a timer does.
    const awake = setInterval(() => {}, 60_000);
    const why = await Promise.race([interrupted, ended]).finally(() => clearInterval(awake));
    if (why === "interrupted") return;
  } finally {
    process.removeListener("SIGINT", end);
    process.removeListener("SIGTERM", end);
  }
  throw new BallastError("CHAIN_ERROR", "The local chain ended by itself.", {
    hint: "Start it again in another folder.",
  });
}

/** Runs a command with its output where ours goes, and ours on the error stream. @returns its exit code. */
async function runShell(command: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(command, { shell: true, stdio: "inherit", env: { ...process.env, ...environment } });
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(
        new BallastError("INVALID_INPUT", "The command of --exec can't be run.", {
          hint: "Is there a shell?",
          cause,
        }),
      ),
    );
    child.once("close", (code) => resolve(code ?? 1));
  });
}
