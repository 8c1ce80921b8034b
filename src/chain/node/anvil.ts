import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { type Hex, toHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { BallastError } from "../../errors.ts";
import { endsWithUs } from "../../node/ending.ts";

export interface AnvilOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Unix seconds of the first block; the clock goes on from there. Default: now. */
  readonly timestamp?: bigint;
  /** Default: 31337. */
  readonly chainId?: number;
}

/** A running local node. */
export interface Anvil {
  readonly rpcUrl: string;
  readonly port: number;
  /** Resolves once the node has ended, by itself or not. */
  readonly ended: Promise<void>;
  /** Ends the node; it also ends when this process does, however that ends. */
  stop(): Promise<void>;
}

const PACKAGES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const READY = /Listening on [^\s:]+:(\d+)/;
const START_TIMEOUT = 30_000;

/**
 * The private keys of anvil's ten funded accounts. They are public knowledge: for local chains only.
 * @param count how many, 1..10.
 */
export function anvilKeys(count = 10): Hex[] {
  const mnemonic = "test test test test test test test test test test test junk";
  return Array.from({ length: count }, (_, addressIndex) => {
    const { privateKey } = mnemonicToAccount(mnemonic, { addressIndex }).getHdKey();
    return toHex(privateKey ?? new Uint8Array());
  });
}

/** The anvil binary that npm installed for this platform. @throws {BallastError} CHAIN_ERROR when there is none. */
export function anvilBinary(): string {
  const system = process.platform === "win32" ? "win32" : process.platform;
  const name = `@foundry-rs/anvil-${system}-${PACKAGES[process.arch] ?? process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/anvil${system === "win32" ? ".exe" : ""}`);
  } catch (cause) {
    throw new BallastError("CHAIN_ERROR", `The local node ${name} is not installed.`, {
      hint: "Run `npm install @foundry-rs/anvil`, with optional packages on, or give the RPC URL of your own node.",
      cause,
    });
  }
}

/**
 * Starts a local Ethereum node and waits until it answers.
 * @throws {BallastError} CHAIN_ERROR when it can't start, e.g. because the port is taken.
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { port = 0, timestamp, chainId = 31_337 } = options;
  const args = ["--port", String(port), "--host", "127.0.0.1", "--chain-id", String(chainId)];
  if (timestamp !== undefined) args.push("--timestamp", String(timestamp));
  const child = endsWithUs(() => spawn(anvilBinary(), args, { stdio: ["ignore", "pipe", "pipe"] }));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await exited;
  };
  try {
    const actual = await ready(child);
    // Nobody reads its log from here on, but it must not block on a full pipe.
    child.stdout.resume();
    child.stderr.resume();
    return { rpcUrl: `http://127.0.0.1:${actual}`, port: actual, ended: exited, stop };
  } catch (error) {
    if (child.pid !== undefined) await stop();
    throw error;
  }
}

/** Resolves with the port once the node says that it listens. */
function ready(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (why: string, cause?: unknown) => {
      clearTimeout(timer);
      reject(
        new BallastError("CHAIN_ERROR", `The local node did not start: ${why}`, {
          hint: "Choose another port (0: any free one), or stop what is using it.",
          inputs: ["devnet.port"],
          ...(cause === undefined ? {} : { cause }),
        }),
      );
    };
    const timer = setTimeout(() => fail("it said nothing for 30 s."), START_TIMEOUT);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = READY.exec(output);
      if (found === null) return;
      clearTimeout(timer);
      resolve(Number(found[1]));
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", (cause) => fail("it can't be run.", cause));
    child.once("exit", () => fail(output.trim().split("\n").at(-1) ?? "it ended at once."));
  });
}
