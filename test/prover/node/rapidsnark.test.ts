import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { createProver } from "../../../src/prover/node/prover.ts";
import { findRapidsnark, RapidsnarkBackend } from "../../../src/prover/node/rapidsnark.ts";
import type { ProgressEvent } from "../../../src/prover/progress.ts";
import type { LoadedKey } from "../../../src/prover/prover.ts";
import { verifyProof } from "../../../src/prover/verify.ts";
import { errorOf, toy, toyWitness, useTemporaryHome } from "../toy.ts";

const home = await useTemporaryHome();
const STAND_IN = fileURLToPath(new URL("./rapidsnark-stand-in.mjs", import.meta.url));
const leftovers = () => readdirSync(tmpdir()).filter((name) => /^ballast-[A-Za-z0-9]{6}$/.test(name));
let key: LoadedKey;
beforeAll(async () => {
  key = await setupDev(toy());
});
const saved = { ...process.env };
afterEach(() => {
  for (const name of ["RAPIDSNARK", "PATH", "STAND_IN", "STAND_IN_REPORT", "OMP_NUM_THREADS"]) {
    const value = saved[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});
const { inputs, publicSignals } = toyWitness(toy());
const request = () => ({ circuit: toy(), key, inputs, publicSignals });

/** What the stand-in saw. */
interface Report {
  readonly pid: number;
  readonly folder: string;
  readonly folderMode: string;
  readonly files: readonly string[];
  readonly witnessMode: string;
  readonly witnessNames: number;
  readonly threads: string;
}
const REPORT = join(home, "report.json");
const report = (): Report => JSON.parse(readFileSync(REPORT, "utf8"));

async function run(mode: string, options: { readonly timeLimit?: number; readonly threads?: number } = {}) {
  process.env["STAND_IN"] = mode;
  const backend = new RapidsnarkBackend({ executable: STAND_IN, timeLimit: 60_000, ...options });
  const prover = createProver({ backend });
  const events: ProgressEvent[] = [];
  try {
    const proof = await prover.prove(request(), (event) => events.push(event));
    return { proof, events };
  } finally {
    await prover.close();
  }
}

/** An executable in a folder of its own: a line for each run goes to `<folder>/runs`, with its arguments. */
function script(folder: string, name: string, body: string): string {
  const bin = join(home, folder);
  mkdirSync(bin, { recursive: true });
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\necho "run $*" >> "${join(bin, "runs")}"\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}
const runsIn = (folder: string): string[] => {
  const path = join(home, folder, "runs");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
};
const NODE = `"${process.execPath}" "${STAND_IN}"`;

describe("a run", () => {
  it("proves in a private folder that is gone afterwards, with a witness of its owner only", async () => {
    process.env["STAND_IN_REPORT"] = REPORT;
    const { proof, events } = await run("");
    expect(await verifyProof(key.verifyingKey, proof, publicSignals)).toBe(true);
    expect(events.filter(({ ms }) => ms !== undefined).map(({ step }) => step)).toEqual([
      "start",
      "witness",
      "prove",
      "verify",
    ]);
    expect(report()).toMatchObject({ folderMode: "700", witnessMode: "600" });
    expect(existsSync(report().folder)).toBe(false);
  });

  it.runIf(process.platform === "linux")(
    "has no name for the witness by then: nothing can be left over",
    async () => {
      process.env["STAND_IN_REPORT"] = REPORT;
      await run("");
      expect(report()).toMatchObject({ witnessNames: 0, files: [] });
    },
  );

  it("uses as many threads as it is told, as there are cores, or as the environment says", async () => {
    process.env["STAND_IN_REPORT"] = REPORT;
    delete process.env["OMP_NUM_THREADS"];
    await run("", { threads: 3 });
    expect(report().threads).toBe("3");
    await run("");
    expect(report().threads).toBe(String(availableParallelism()));
    process.env["OMP_NUM_THREADS"] = "7";
    await run("", { threads: 3 });
    expect(report().threads).toBe("7");
  });

  it.each([
    ["fail", "BACKEND_FAILED", /failed \(3\)/],
    ["silent", "BACKEND_FAILED", /no readable proof/],
    ["garbage", "BACKEND_FAILED", /no readable proof/],
    ["no-proof", "BACKEND_FAILED", /not a proof/],
    ["no-signals", "BACKEND_FAILED", /not a list of public signals/],
    ["signals", "PROOF_REJECTED", /other public signals/],
    ["bad-proof", "PROOF_REJECTED", /does not verify/],
  ])("is refused when it goes wrong: %s", async (mode, code, message) => {
    const before = leftovers();
    const error = await errorOf(() => run(mode));
    expect(error).toMatchObject({ code, shortMessage: expect.stringMatching(message) });
    expect(leftovers().filter((name) => !before.includes(name))).toEqual([]);
  });

  it("says its last words, on one line, without escapes and without long numbers", async () => {
    const error = (await errorOf(() => run("fail"))) as { shortMessage: string };
    expect(error.shortMessage).toContain("(3): line 7; line 8; line 9; ");
    expect(error.shortMessage).toMatch(/bad witness.* …/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(error.shortMessage).not.toMatch(/[\u0000-\u001f]|line 6|2188824/);
  });

  it("is ended at its time limit", async () => {
    const before = leftovers();
    expect(await errorOf(() => run("hang", { timeLimit: 1_000 }))).toMatchObject({
      code: "BACKEND_FAILED",
      shortMessage: expect.stringContaining("longer than 1000 ms"),
    });
    expect(leftovers().filter((name) => !before.includes(name))).toEqual([]);
  });

  /** Another process that proves with a rapidsnark that hangs, and does `then` in between. */
  async function otherProcess(
    then: string,
  ): Promise<{ readonly seen: Report; readonly end: Promise<unknown> }> {
    rmSync(REPORT, { force: true });
    const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const main = join(home, "hangs.mts");
    writeFileSync(
      main,
      `const { createProver } = await import(${source("../../../src/prover/node/prover.ts")});
      const { RapidsnarkBackend } = await import(${source("../../../src/prover/node/rapidsnark.ts")});
      const { loadKey } = await import(${source("../../../src/prover/keys/load-key.ts")});
      const { instanceIn } = await import(${source("../../../src/prover/node/circuit-folder.ts")});
      const { toyWitness } = await import(${source("../toy-witness.ts")});
      const circuit = instanceIn(${JSON.stringify(toy().root)}, "toy_2x4_s1k1");
      const prover = createProver({ backend: new RapidsnarkBackend({ executable: ${JSON.stringify(STAND_IN)} }) });
      process.once("SIGTERM", () => process.exit(3));
      await prover.prove({ circuit, key: await loadKey(circuit), ...toyWitness(circuit) });`,
    );
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), main], {
      stdio: "ignore",
      env: { ...process.env, STAND_IN: "hang", STAND_IN_REPORT: REPORT },
    });
    const end = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
    while (!existsSync(REPORT) || readFileSync(REPORT, "utf8") === "") {
      if (child.exitCode !== null) throw new Error(`it ended early (${child.exitCode})`);
      await sleep(50);
    }
    child.kill(then as NodeJS.Signals);
    return { seen: report(), end };
  }

  it("ends with the process that asked for it, and so does its folder", async () => {
    const { seen, end } = await otherProcess("SIGTERM");
    expect(await end).toBe(3);
    expect(existsSync(seen.folder)).toBe(false);
    while (isAlive(seen.pid)) await sleep(20);
  });

  it.runIf(process.platform === "linux")("leaves no witness when that process is killed", async () => {
    const { seen, end } = await otherProcess("SIGKILL");
    expect(await end).toBe("SIGKILL");
    // Whoever kept the child in view takes it and its folder along; until then the folder has nothing in it.
    while (existsSync(seen.folder)) {
      expect(namesIn(seen.folder)).toEqual([]);
      await sleep(20);
    }
    while (isAlive(seen.pid)) await sleep(20);
  });
});

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // gone meanwhile
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("which executable is taken", () => {
  it("is RAPIDSNARK's, then rapidsnark's on the PATH, and auto chooses it", () => {
    const own = script("bin", "rapidsnark", `exec ${NODE} "$@"`);
    delete process.env["RAPIDSNARK"];
    process.env["PATH"] = join(home, "nothing");
    expect(findRapidsnark()).toBeUndefined();
    expect(createProver().backend).toBe("ballast");
    expect(() => createProver({ backend: "rapidsnark" })).toThrowError(
      expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }),
    );
    process.env["PATH"] = [join(home, "nothing"), join(home, "bin"), saved["PATH"]].join(delimiter);
    expect(findRapidsnark()).toBe(own);
    expect(createProver().backend).toBe("rapidsnark");
    process.env["RAPIDSNARK"] = STAND_IN;
    expect(findRapidsnark()).toBe(STAND_IN);
    // A name without a folder is the file that was checked, and not one of the PATH.
    const before = process.cwd();
    process.chdir(join(home, "bin"));
    try {
      process.env["RAPIDSNARK"] = "rapidsnark";
      expect(findRapidsnark()).toBe(join(process.cwd(), "rapidsnark"));
    } finally {
      process.chdir(before);
    }
    process.env["RAPIDSNARK"] = join(home, "not-there");
    expect(() => findRapidsnark()).toThrowError(expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }));
  });

  it("is never one called prover, and none of a folder that depends on where the process runs", async () => {
    script("thief", "prover", `exec ${NODE} "$@"`);
    script("thief", "rapidsnark", `exec ${NODE} "$@"`);
    delete process.env["RAPIDSNARK"];
    process.env["PATH"] = [relative(process.cwd(), join(home, "thief")), saved["PATH"]].join(delimiter);
    expect(findRapidsnark()).toBeUndefined();
    rmSync(join(home, "thief", "rapidsnark"));
    process.env["PATH"] = [join(home, "thief"), saved["PATH"]].join(delimiter);
    expect(findRapidsnark()).toBeUndefined();
    const prover = createProver();
    await prover.prove(request());
    await prover.close();
    expect(runsIn("thief")).toEqual([]);
  });
});

describe("auto falls back to ballast, and says so once", () => {
  const proveTwice = async () => {
    const events: ProgressEvent[] = [];
    const prover = createProver();
    try {
      for (let count = 0; count < 2; count++) {
        const proof = await prover.prove(request(), (event) => events.push(event));
        expect(await verifyProof(key.verifyingKey, proof, publicSignals)).toBe(true);
      }
      expect(prover.backend).toBe("ballast");
    } finally {
      await prover.close();
    }
    return events.filter(({ step }) => step === "fallback").map(({ message }) => message);
  };

  it("where the executable does not answer as rapidsnark does: it is asked once and gets no witness", async () => {
    const path = script("other", "rapidsnark", "echo 'hello from another program'; exit 0");
    process.env["RAPIDSNARK"] = path;
    expect(await proveTwice()).toEqual([expect.stringContaining("does not answer as rapidsnark")]);
    expect(createProver().backend).toBe("ballast");
    expect(runsIn("other")).toEqual(["run"]);
    expect(() => createProver({ backend: "rapidsnark" })).toThrowError(
      expect.objectContaining({ code: "BACKEND_UNAVAILABLE", hint: expect.stringContaining("usage") }),
    );
  });

  it.each(["fail", "bad-proof"])("where a run fails: %s", async (mode) => {
    process.env["RAPIDSNARK"] = script(mode, "rapidsnark", `STAND_IN=${mode} exec ${NODE} "$@"`);
    expect(createProver().backend).toBe("rapidsnark");
    expect(await proveTwice()).toEqual([expect.stringContaining("Proving with ballast from now on")]);
    expect(runsIn(mode)).toHaveLength(2); // the question, and one run
  });

  it("but not where the inputs are to blame, nor where rapidsnark was asked for", async () => {
    process.env["RAPIDSNARK"] = script("good", "rapidsnark", `exec ${NODE} "$@"`);
    const prover = createProver();
    const wrong = { ...request(), inputs: { ...inputs, salt: 987_654_321n } };
    expect(await errorOf(() => prover.prove(wrong))).toMatchObject({ code: "INVALID_INPUT" });
    expect(prover.backend).toBe("rapidsnark");
    await prover.close();
    process.env["RAPIDSNARK"] = script("asked", "rapidsnark", `STAND_IN=fail exec ${NODE} "$@"`);
    const asked = createProver({ backend: "rapidsnark" });
    expect(await errorOf(() => asked.prove(request()))).toMatchObject({ code: "BACKEND_FAILED" });
    expect(asked.backend).toBe("rapidsnark");
    await asked.close();
  });
});
