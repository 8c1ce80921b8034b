import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import type { ProverBackend } from "../../src/prover/backend.ts";
import type { LoadedKey } from "../../src/prover/keys/load-key.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import type { ProgressEvent } from "../../src/prover/progress.ts";
import { createProver } from "../../src/prover/prover.ts";
import { findRapidsnark, RapidsnarkBackend } from "../../src/prover/rapidsnark.ts";
import { SnarkjsBackend } from "../../src/prover/snarkjs.ts";
import { verifyProof } from "../../src/prover/verify.ts";
import { errorOf, other, toy, toyWitness, useTemporaryHome } from "./toy.ts";

const home = useTemporaryHome();
const STAND_IN = fileURLToPath(new URL("./rapidsnark-stand-in.mjs", import.meta.url));
const leftovers = () => readdirSync(tmpdir()).filter((name) => /^ballast-[A-Za-z0-9]{6}$/.test(name));
let key: LoadedKey;
beforeAll(async () => {
  key = await setupDev(toy());
});

describe("snarkjs in a warm worker", () => {
  const backend = new SnarkjsBackend();
  const prover = createProver({ backend });
  afterAll(() => prover.close());
  const prove = (seed: bigint, events: ProgressEvent[] = []) =>
    prover.prove({ circuit: toy(), key, ...toyWitness(toy(), seed) }, (event) => events.push(event));

  it("reports and times each step, and starts once", async () => {
    const cold: ProgressEvent[] = [];
    const warm: ProgressEvent[] = [];
    await prove(1n, cold);
    const pid = backend.pid;
    await prove(2n, warm);
    const done = (events: ProgressEvent[]) =>
      events.filter(({ ms }) => ms !== undefined).map(({ step }) => step);
    expect(done(cold)).toEqual(["start", "witness", "prove", "verify"]);
    expect(done(warm)).toEqual(["witness", "prove", "verify"]);
    expect(warm.every(({ ms }) => ms === undefined || ms >= 0)).toBe(true);
    expect(backend.pid).toBe(pid);
  });

  it("queues overlapping proofs of several circuits", async () => {
    const otherKey = await setupDev(other());
    const otherWitness = toyWitness(other(), 5n);
    const [a, b, c] = await Promise.all([
      prove(3n),
      prover.prove({ circuit: other(), key: otherKey, ...otherWitness }),
      prove(4n),
    ]);
    expect(await verifyProof(key.verifyingKey, a, toyWitness(toy(), 3n).publicSignals)).toBe(true);
    expect(await verifyProof(otherKey.verifyingKey, b, otherWitness.publicSignals)).toBe(true);
    expect(await verifyProof(key.verifyingKey, c, toyWitness(toy(), 4n).publicSignals)).toBe(true);
  });

  it("gives different proofs of the same statement", async () => {
    expect(await prove(6n)).not.toEqual(await prove(6n));
  });

  it("says what is wrong with the inputs, but not their values, and goes on", async () => {
    const { inputs, publicSignals } = toyWitness(toy());
    const request = { circuit: toy(), key, publicSignals };
    const bad: [object, RegExp][] = [
      [{ ...inputs, salt: 987654321n }, /constraint does not hold.*line: \d+/s],
      [{ ...inputs, extra: 987654321n }, /no input "extra"/],
      [{ ...inputs, quantity: [987654321n] }, /"quantity" takes 2 values, got 1/],
      [{ ...inputs, quantity: [987654321n, -1n] }, /"quantity" is outside the field/],
      [{ quantity: [987654321n, 1n] }, /missing/],
    ];
    for (const [candidate, message] of bad) {
      const error = await errorOf(() => prover.prove({ ...request, inputs: candidate as typeof inputs }));
      expect(error).toMatchObject({ code: "INVALID_INPUT", message: expect.stringMatching(message) });
      expect(String(error)).not.toContain("987654321");
    }
    await prove(7n);
  });

  it("refuses a proof for other public signals than asked for", async () => {
    const { inputs, publicSignals } = toyWitness(toy());
    for (const signals of [[toField(7n), ...publicSignals.slice(1)], publicSignals.slice(1)]) {
      const error = await errorOf(() =>
        prover.prove({ circuit: toy(), key, inputs, publicSignals: signals }),
      );
      expect(error).toMatchObject({ code: "PROOF_REJECTED" });
    }
  });

  it("survives a crash of the worker: a clear error, then a new worker", async () => {
    await prove(8n);
    const pid = backend.pid;
    if (pid === undefined) throw new Error("no worker runs");
    const pending = errorOf(() => prove(9n));
    process.kill(pid, "SIGKILL");
    expect(await pending).toMatchObject({
      code: "OUT_OF_MEMORY",
      shortMessage: expect.stringMatching(/worker was killed, most likely/),
    });
    await prove(10n);
    expect(backend.pid).not.toBe(pid);
  });

  it("rejects what is under way when it is closed, and ends its process", async () => {
    const closing = new SnarkjsBackend();
    const pending = errorOf(() => closing.prove({ circuit: toy(), key, inputs: toyWitness(toy()).inputs }));
    const pid = closing.pid ?? 0;
    await closing.close();
    await closing.close();
    expect(await pending).toMatchObject({
      code: "BACKEND_FAILED",
      shortMessage: expect.stringContaining("closed"),
    });
    expect(() => process.kill(pid, 0)).toThrowError(expect.objectContaining({ code: "ESRCH" }));
  });

  it("lets the process exit, closed or idle, but not before it has closed", () => {
    for (const close of ["await prover.close();", ""]) {
      const script = join(home, "exits.ts");
      const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
      writeFileSync(
        script,
        `void (async () => {
          const { createProver } = await import(${source("../../src/prover/prover.ts")});
          const { loadKey } = await import(${source("../../src/prover/keys/load-key.ts")});
          const { instance } = await import(${source("../../src/prover/circuits.ts")});
          const { toyInputs } = JSON.parse(process.argv[2] ?? "", (_, v) => typeof v === "string" ? BigInt(v) : v);
          const circuit = instance("toy_2x4_s1k1", ${JSON.stringify(toy().root)});
          const prover = createProver({ backend: "snarkjs" });
          const proof = await prover.prove({ circuit, key: await loadKey(circuit), ...toyInputs });
          console.log(typeof proof.a.x);
          ${close}
          console.log("still here");
        })();`,
      );
      const inputs = JSON.stringify({ toyInputs: toyWitness(toy()) }, (_, value) =>
        typeof value === "bigint" ? value.toString() : value,
      );
      const cli = fileURLToPath(import.meta.resolve("tsx/cli"));
      const run = spawnSync(process.execPath, [cli, script, inputs], { encoding: "utf8", timeout: 60_000 });
      expect(run).toMatchObject({ status: 0, signal: null, stdout: "bigint\nstill here\n" });
    }
  });
});

describe("a backend that lies", () => {
  const { inputs, publicSignals } = toyWitness(toy());
  const request = () => ({ circuit: toy(), key, inputs, publicSignals });

  it("is found out by verification", async () => {
    const honest = new SnarkjsBackend();
    const result = await honest.prove(request());
    await honest.close();
    const lying: ProverBackend = {
      name: "snarkjs",
      prove: async () => ({ ...result, proof: { ...result.proof, c: result.proof.a } }),
      close: async () => {},
    };
    const error = await errorOf(() => createProver({ backend: lying }).prove(request()));
    expect(error).toMatchObject({
      code: "PROOF_REJECTED",
      shortMessage: expect.stringContaining("does not verify"),
    });
  });
});

describe("rapidsnark", () => {
  const saved = { ...process.env };
  afterEach(() => {
    for (const name of ["RAPIDSNARK", "PATH", "STAND_IN", "STAND_IN_REPORT"]) {
      const value = saved[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const { inputs, publicSignals } = toyWitness(toy());
  const run = async (mode: string, timeLimit = 60_000) => {
    process.env["STAND_IN"] = mode;
    const prover = createProver({ backend: new RapidsnarkBackend({ executable: STAND_IN, timeLimit }) });
    const events: ProgressEvent[] = [];
    try {
      const proof = await prover.prove({ circuit: toy(), key, inputs, publicSignals }, (event) =>
        events.push(event),
      );
      return { proof, events };
    } finally {
      await prover.close();
    }
  };

  it("proves in a private folder that is gone afterwards", async () => {
    const report = join(home, "report.json");
    process.env["STAND_IN_REPORT"] = report;
    const { proof, events } = await run("");
    expect(await verifyProof(key.verifyingKey, proof, publicSignals)).toBe(true);
    expect(events.filter(({ ms }) => ms !== undefined).map(({ step }) => step)).toEqual([
      "start",
      "witness",
      "prove",
      "verify",
    ]);
    const seen = JSON.parse(readFileSync(report, "utf8"));
    expect(seen).toMatchObject({ folderMode: "700", witnessMode: "600" });
    expect(existsSync(seen.folder)).toBe(false);
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

  it("is ended at its time limit", async () => {
    const before = leftovers();
    expect(await errorOf(() => run("hang", 300))).toMatchObject({
      code: "BACKEND_FAILED",
      shortMessage: expect.stringContaining("longer than 300 ms"),
    });
    expect(leftovers().filter((name) => !before.includes(name))).toEqual([]);
  });

  it("is found by RAPIDSNARK, then on the PATH, and chosen by auto", () => {
    const bin = join(home, "bin");
    mkdirSync(bin, { recursive: true });
    delete process.env["RAPIDSNARK"];
    process.env["PATH"] = `${join(home, "nothing")}${delimiter}${bin}`;
    expect(findRapidsnark()).toBeUndefined();
    expect(createProver().backend).toBe("snarkjs");
    expect(() => createProver({ backend: "rapidsnark" })).toThrowError(
      expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }),
    );
    copyFileSync(STAND_IN, join(bin, "rapidsnark"));
    chmodSync(join(bin, "rapidsnark"), 0o755);
    expect(findRapidsnark()).toBe(join(bin, "rapidsnark"));
    expect(createProver().backend).toBe("rapidsnark");
    process.env["RAPIDSNARK"] = STAND_IN;
    expect(findRapidsnark()).toBe(STAND_IN);
    process.env["RAPIDSNARK"] = join(home, "not-there");
    expect(() => findRapidsnark()).toThrowError(expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }));
  });
});
