import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtModule, MAIN } from "../helpers/built.ts";
import { type Folder, temporaryFolder } from "./harness.ts";

const STAND_IN = fileURLToPath(new URL("process-stand-in.mjs", import.meta.url));
/** Where the stand-in finds the sources' modules. */
const BUILT = { BUILT: builtModule("") };

const ADDRESS = `0x${"11".repeat(20)}`;
/** Contracts that nobody will be asked about. */
const DEPLOYMENT = {
  format: "ballast.deployment/2",
  ...{ chainId: 31_337, block: 0, maxAge: 3600, requireProven: false, verifiers: [] },
  ...{ deployer: ADDRESS, verifierRegistry: ADDRESS, snapshotOracle: ADDRESS },
  ...{ tablePointBuilder: ADDRESS, coverageRegistry: ADDRESS },
  solvency: { venue: ADDRESS, registry: ADDRESS, vault: ADDRESS, clearingHouse: ADDRESS },
  liquidation: {
    ...{
      clock: ADDRESS,
      challenges: ADDRESS,
      sale: ADDRESS,
      desk: ADDRESS,
      anchors: ADDRESS,
      exits: ADDRESS,
    },
    ...{ ledger: ADDRESS, engine: ADDRESS, auction: ADDRESS, clearingHouse: ADDRESS },
    ...{ houseAccount: `0x${"00".repeat(31)}01`, owner: ADDRESS, guardian: ADDRESS, operator: ADDRESS },
    ...{ settlementId: 1, microsPerLot: "1000000" },
  },
};

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

interface Options {
  readonly script?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function start(argv: readonly string[], { script = STAND_IN, env = {} }: Options = {}) {
  return spawn(process.execPath, [script, ...argv], {
    env: { ...process.env, ...BUILT, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Code, or the signal where the process did not end by itself. */
function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number | string | null> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
}

async function lineOf(stream: Readable, pattern: RegExp): Promise<string> {
  let seen = "";
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    const found = seen.split("\n").find((line) => pattern.test(line));
    if (found !== undefined) return found;
  }
  throw new Error(`it ended without ${pattern}: ${seen}`);
}

/** Resolves when it is so, and fails when `child` ended before. A test that waits in vain is ended by its own limit. */
async function until(holds: () => boolean, child?: { readonly exitCode: number | null }): Promise<void> {
  while (!holds()) {
    if (child !== undefined && child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    await sleep(20);
  }
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

/** The process table: from /proc where there is one (slim images have no ps). */
function processTable(): Entry[] {
  if (!existsSync("/proc/self/stat")) {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,state=,args="], { encoding: "utf8" });
    return [...stdout.matchAll(/^ *(\d+) +(\d+) +(\S+) +(.*)$/gm)].map(
      ([, pid, parent, state = "", command = ""]) => ({
        ...{ pid: Number(pid), parent: Number(parent), state, command },
      }),
    );
  }
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [state = "", parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return [{ pid: Number(name), parent: Number(parent), state, command }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

/** Which of them live: a process that ended and was not collected does not. */
function living(pids: readonly number[]): number[] {
  const found = processTable().filter(({ state }) => !state.startsWith("Z"));
  return pids.filter((pid) => found.some((entry) => entry.pid === pid));
}

function descendants(pid: number): Entry[] {
  const all = processTable();
  const below = (parent: number): Entry[] =>
    all.filter((entry) => entry.parent === parent).flatMap((entry) => [entry, ...below(entry.pid)]);
  return below(pid);
}

const pidsOf = (entries: readonly Entry[]): number[] => entries.map(({ pid }) => pid);

describe("the end of a command's output", () => {
  it("reaches a slow reader whole, megabytes after the work is done", async () => {
    const child = start(["lines", "30000"]);
    const exit = ended(child);
    let lines = 0;
    let bytes = 0;
    for await (const chunk of child.stdout) {
      bytes += chunk.length;
      lines += String(chunk).split("\n").length - 1;
      await sleep(2);
    }
    expect(lines).toBe(30_000);
    expect(bytes).toBeGreaterThan(2_000_000);
    expect(await exit).toBe(1);
  });

  it("comes quietly when the reader goes away, with the code of SIGPIPE", async () => {
    const child = start(["endless"]);
    const exit = ended(child);
    const said = text(child.stderr);
    await lineOf(child.stdout, /^0$/);
    child.stdout.destroy();
    expect(await exit).toBe(141);
    expect(await said).toBe("");
  });

  it("is the same for the real command line", async () => {
    const child = start(["--help"], { script: MAIN });
    child.stdout.destroy();
    const exit = ended(child);
    const said = text(child.stderr);
    expect(await exit).toBe(141);
    expect(await said).toBe("");
  });

  it("is an error where the disk that takes the output is full", () => {
    // A limit on a file's size looks to a process like a full disk: the last write that fits is cut short.
    const file = folder.file("cut.txt");
    const argv = ["-c", `ulimit -f 1; exec "$0" "$@" > '${file}'`, process.execPath, MAIN, "--help"];
    const { status, stderr } = spawnSync("bash", argv, { encoding: "utf8" });
    expect(status).toBe(3);
    expect(stderr).toMatch(/The output can't be written/);
    expect(statSync(file).size).toBe(1024);
  });
});

describe("a crash", () => {
  it.each(["throw", "throw-later", "reject"])("exits with 70 and says what to do: %s", (word) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [STAND_IN, word], {
      env: { ...process.env, ...BUILT },
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 70, stdout: "" });
    expect(stderr).toMatch(/unexpected error, please report it\nError: a bug/);
  });

  it("is also an end with work undone and nothing to wait for", () => {
    const { status, stderr } = spawnSync(process.execPath, [STAND_IN, "dry"], {
      env: { ...process.env, ...BUILT },
      encoding: "utf8",
    });
    expect(status).toBe(70);
    expect(stderr).toMatch(/stopped before its end, please report it/);
  });

  it("is not what a handle that was left open makes of an end", () => {
    const { status } = spawnSync(process.execPath, [STAND_IN, "held"], {
      env: { ...process.env, ...BUILT },
      encoding: "utf8",
    });
    expect(status).toBe(0);
  });
});

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGKILL", "SIGKILL"],
] as const)("%s", (signal, code) => {
  it("ends children of every kind, and removes what is not finished", async () => {
    const child = start(["children", folder.file("tree.bin")]);
    const exit = ended(child);
    const { pids, files, rpcUrl } = JSON.parse(await lineOf(child.stdout, /rpcUrl/)) as {
      pids: number[];
      files: string[];
      rpcUrl: string;
    };
    const family = pidsOf(descendants(child.pid ?? 0));
    expect(family).toEqual(expect.arrayContaining(pids));
    expect(family.length).toBeGreaterThanOrEqual(4); // the node, the sleeper, the prover and the keeper
    expect(files.map((path) => existsSync(path))).toEqual([true, true]);
    child.kill(signal);
    expect(await exit).toBe(code);
    await until(() => living(family).length === 0);
    await until(() => !files.some((path) => existsSync(path)));
    await expect(fetch(rpcUrl)).rejects.toThrow();
  });

  it("ends `ballast demo` with its compiler, and leaves no half of a circuit", async () => {
    const home = mkdtempSync(join(folder.path, "home-"));
    const child = start(["demo", "--no-liquidation"], {
      script: MAIN,
      env: { BALLAST_HOME: home },
    });
    const exit = ended(child);
    const circuits = join(home, "circuits");
    const staged = (): string[] =>
      existsSync(circuits) ? readdirSync(circuits).filter((name) => name.endsWith(".tmp")) : [];
    const family = (): Entry[] => descendants(child.pid ?? 0);
    const compiles = (): boolean => family().some(({ command }) => command.includes("circom"));
    await until(() => staged().length > 0 && compiles(), child);
    await sleep(200); // it is seen by us before its parent has gone on
    const pids = pidsOf(family());
    child.kill(signal);
    expect(await exit).toBe(code);
    await until(() => living(pids).length === 0);
    await until(() => staged().length === 0);
  });
});

describe("ballast watch", () => {
  it("ends at once, with 0, though the node never answers", async () => {
    let asked = (): void => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const server = createServer(() => asked()); // and says nothing
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const deployment = folder.writeJson("deployment.json", DEPLOYMENT);
    try {
      const child = start(["watch", "--rpc", url, "--deployment", deployment], { script: MAIN });
      const exit = ended(child);
      await question;
      child.kill("SIGINT");
      expect(await exit).toBe(0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
