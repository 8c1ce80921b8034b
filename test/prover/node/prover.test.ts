import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { groth16 } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toField } from "../../../src/math/field.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import type { ProverBackend } from "../../../src/prover/node/backend.ts";
import { createProver } from "../../../src/prover/node/prover.ts";
import { WorkerBackend } from "../../../src/prover/node/worker-backend.ts";
import type { ProgressEvent } from "../../../src/prover/progress.ts";
import { toSnarkjsProof } from "../../../src/prover/proof.ts";
import type { LoadedKey } from "../../../src/prover/prover.ts";
import { verifyProof } from "../../../src/prover/verify.ts";
import { toSnarkjsJson } from "../../../src/prover/verifying-key.ts";
import { builtModule } from "../../helpers/built.ts";
import { errorOf, other, toy, toyWitness, useTemporaryHome } from "../toy.ts";

const home = await useTemporaryHome();
let key: LoadedKey;
beforeAll(async () => {
  key = await setupDev(toy());
});

describe.each(["ballast", "snarkjs"] as const)("%s in a warm worker", (name) => {
  const backend = new WorkerBackend(name);
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

  it("makes proofs that stock snarkjs accepts", async () => {
    const signals = toyWitness(toy(), 11n).publicSignals.map(String);
    const [proof, vk] = [toSnarkjsProof(await prove(11n)), toSnarkjsJson(key.verifyingKey)];
    expect(await groth16.verify(vk, signals, proof)).toBe(true);
    expect(await groth16.verify(vk, ["7", ...signals.slice(1)], proof)).toBe(false);
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
    const closing = new WorkerBackend(name);
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
      const script = join(home, "exits.mjs");
      const source = (path: string) => JSON.stringify(builtModule(path));
      writeFileSync(
        script,
        `void (async () => {
          const { createProver } = await import(${source("prover/node/prover.ts")});
          const { loadKey } = await import(${source("prover/keys/load-key.ts")});
          const { instanceIn } = await import(${source("prover/node/circuit-folder.ts")});
          const { toyInputs } = JSON.parse(process.argv[2] ?? "", (_, v) => typeof v === "string" ? BigInt(v) : v);
          const circuit = instanceIn(${JSON.stringify(toy().root)}, "toy_2x4_s1k1");
          const prover = createProver({ backend: "${name}" });
          const proof = await prover.prove({ circuit, key: await loadKey(circuit), ...toyInputs });
          console.log(typeof proof.a.x);
          ${close}
          console.log("still here");
        })();`,
      );
      const inputs = JSON.stringify({ toyInputs: toyWitness(toy()) }, (_, value) =>
        typeof value === "bigint" ? value.toString() : value,
      );
      const run = spawnSync(process.execPath, [script, inputs], { encoding: "utf8", timeout: 60_000 });
      expect(run).toMatchObject({ status: 0, signal: null, stdout: "bigint\nstill here\n" });
    }
  });
});

describe("a backend that lies", () => {
  const { inputs, publicSignals } = toyWitness(toy());
  const request = () => ({ circuit: toy(), key, inputs, publicSignals });

  it("is found out by verification", async () => {
    const honest = new WorkerBackend("snarkjs");
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
