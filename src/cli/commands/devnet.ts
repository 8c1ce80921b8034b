import { spawn } from "node:child_process";
import { moveClock } from "../../demo/devnet/clock.ts";
import { type RunningDevnet, startDevnet } from "../../demo/devnet/start.ts";
import { timeText } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { liquidationCircuits } from "../../liquidation/circuits.ts";
import { command, group } from "../command.ts";
import { rpc } from "../flags.ts";
import { table } from "../format.ts";
import { defaulted, needed, option, saying } from "../input.ts";
import { parseCount } from "../options.ts";
import { named } from "../summaries.ts";

/** The smallest instance of all that a liquidation takes. */
const SMALLEST = "4x8";

const start = command({
  name: "start",
  summary: "start it, until it is interrupted; `ballast devnet FOLDER` is the same",
  arguments: { folder: needed("<folder>", "a new folder for keys, addresses and parameters") },
  flags: {
    port: defaulted("--port <n>", "where the node listens, 0 for any free port", "8545", (text, name) =>
      text === "0" ? 0 : parseCount(text, name, 5),
    ),
    circuits: defaulted("--instance <name>", "the venue's coverage instance", SMALLEST, (name) =>
      liquidationCircuits(name),
    ),
    exec: option("--exec <command>", "run this in a shell with the environment set, and end with it"),
  },
  notes: `
The folder gets a key file for each of owner, venue, oracle, alice and bob (public keys of test chains: for nothing else), deployment.json,
parameters.json (the shortest windows), policy.json for the smallest instance, and on.sh. In another terminal:
  $ . FOLDER/on.sh
Then commands know --rpc, --deployment, --snapshot and --circuit, and $OWNER, $VENUE, $ORACLE, $ALICE, $BOB are addresses. The chain's clock begins a day before the bundled sample market;
\`ballast devnet move\` moves it. Everything is gone when the command ends. docs/learn/a-breach.md goes through a case.
The smallest instance holds 4 positions over 8 instruments under 5 scenarios, and proves in a second; --instance 64x240
is a venue's real size, under les, and takes minutes to compile.`,
  examples: ["ballast devnet dev", "ballast devnet dev --port 0 --exec 'sh case.sh'"],
  async run({ exec, ...options }, { print, progress, fail }) {
    const devnet = await startDevnet({ ...options, progress });
    const { anvil, chainId, token, people, policy, environment } = devnet;
    try {
      const instance = options.circuits.coverage.name;
      const { folder } = options;
      print({ rpc: anvil.rpcUrl, chainId, folder, instance, policy, token, people, environment }, () =>
        describe(devnet, instance, exec === undefined),
      );
      if (exec === undefined) await untilInterrupted(anvil.ended);
      else if ((await runShell(exec, environment)) !== 0) fail();
    } finally {
      await anvil.stop();
    }
  },
});

const move = command({
  name: "move",
  summary: "move a local chain's clock on",
  arguments: {
    seconds: needed("<seconds>", "by how much", (text) => parseCount(text, "the seconds")),
  },
  flags: { rpc: saying(rpc, "the local chain's node") },
  examples: ["ballast devnet move 600"],
  async run({ seconds, rpc }, { print }) {
    const time = await moveClock(rpc, seconds);
    print({ time }, () => `it is ${timeText(time)} on the chain`);
  },
});

/** `ballast devnet`: a local chain with a venue on it. */
export const devnet = group({
  ...named("devnet"),
  commands: [start, move],
  usual: "start",
});

function describe(devnet: RunningDevnet, instance: string, isAlone: boolean): string {
  const { anvil, chainId, token, people, environment, environmentFile } = devnet;
  return [
    `a local chain at ${anvil.rpcUrl}, chain ${chainId}, for ${instance}`,
    table(
      ["who", "address", "key"],
      people.map(({ name, address }) => [name, address, `${name}.key`]),
    ),
    `token ${token}, of which each has ten million`,
    "in another terminal:",
    `  $ . ${environmentFile}`,
    "or, on each command line:",
    `  $ export ON="${environment.ON}"`,
    ...(isAlone ? ["Ctrl-C ends the chain."] : []),
  ].join("\n");
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
