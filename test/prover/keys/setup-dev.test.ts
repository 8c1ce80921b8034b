import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBn128 } from "ffjavascript";
import { groth16, wtns, zKey } from "snarkjs";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS } from "../../../src/math/field.ts";
import type { Curve } from "../../../src/prover/curve-api.ts";
import { writeDevKey } from "../../../src/prover/keys/dev-key.ts";
import { FixedBase } from "../../../src/prover/keys/fixed-base.ts";
import { loadKey } from "../../../src/prover/keys/load-key.ts";
import { keyPaths } from "../../../src/prover/keys/manifest.ts";
import { lagrangeAt, rootOfUnity } from "../../../src/prover/keys/qap.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { readZkey } from "../../../src/prover/keys/zkey.ts";
import { ensureArtifacts } from "../../../src/prover/node/artifacts.ts";
import { packScalars } from "../../../src/prover/scalars.ts";
import { toSnarkjsJson } from "../../../src/prover/verifying-key.ts";
import { errorOf, other, toy, toyWitness, useTemporaryHome } from "../toy.ts";

const home = await useTemporaryHome();

describe("Lagrange values", () => {
  it("interpolate: sum of L_j is 1, and sum of w^j L_j is tau", () => {
    const tau = 123456789123456789n;
    const values = lagrangeAt(tau, 6, 0, 1);
    const root = rootOfUnity(6);
    let power = 1n;
    let constant = 0n;
    let linear = 0n;
    for (const value of values) {
      constant = (constant + value) % FIELD_MODULUS;
      linear = (linear + power * value) % FIELD_MODULUS;
      power = (power * root) % FIELD_MODULUS;
    }
    expect([constant, linear, power]).toEqual([1n, tau, 1n]);
  });

  it("take every second one of the larger domain for H", () => {
    const all = lagrangeAt(987654321n, 5, 0, 1);
    expect(lagrangeAt(987654321n, 5, 1, 2)).toEqual(all.filter((_, index) => index % 2 === 1));
  });
});

describe("fixed-base multiplication", () => {
  it("equals the curve's own, at window borders and beyond a batch", async () => {
    const curve: Curve = await buildBn128(true);
    const base = await FixedBase.create({
      code: curve.tm.code,
      heapStart: curve.tm.initalPFree,
      generators: { g1: curve.G1.gAffine, g2: curve.G2.gAffine },
    });
    const scalars = [0n, 1n, 1023n, 1024n, 1025n, FIELD_MODULUS - 1n, (1n << 253n) + 7n];
    for (const group of ["g1", "g2"] as const) {
      const G = group === "g1" ? curve.G1 : curve.G2;
      const size = group === "g1" ? 64 : 128;
      const points = base.multiply(group, packScalars([...Array(1024).fill(5n), ...scalars]));
      scalars.forEach((scalar, index) => {
        const point = points.slice((1024 + index) * size, (1025 + index) * size);
        expect(G.eq(point, G.timesScalar(G.gAffine, scalar)), `${group} ${scalar}`).toBe(true);
      });
    }
  });
});

describe("setup --dev", () => {
  it("makes a key that stock snarkjs proves, verifies and exports with", async () => {
    const key = await setupDev(toy());
    const { inputs, publicSignals } = toyWitness(toy());
    const witness = join(home, "toy.wtns");
    await wtns.calculate(inputs, key.artifacts.wasm, witness);
    expect(await wtns.check(key.artifacts.r1cs, witness)).toBe(true);
    const made = await groth16.prove(key.zkeyPath, witness);
    expect(made.publicSignals.map(BigInt)).toEqual(publicSignals);
    const exported = await zKey.exportVerificationKey(key.zkeyPath);
    expect(await groth16.verify(exported, made.publicSignals, made.proof)).toBe(true);
    expect(await groth16.verify(exported, ["2", ...made.publicSignals.slice(1)], made.proof)).toBe(false);
    const written: unknown = JSON.parse(readFileSync(key.verificationKeyPath, "utf8"));
    expect(exported).toMatchObject(toSnarkjsJson(key.verifyingKey));
    expect(written).toEqual({ ...toSnarkjsJson(key.verifyingKey), development: true });
  });

  it("marks it as a dev key in the manifest and in the key", async () => {
    const key = await setupDev(toy());
    expect(key.manifest).toMatchObject({ format: "ballast.key/1", circuit: "toy_2x4_s1k1", dev: true });
    const paths = keyPaths(key.artifacts.r1csHash, toy().name, "dev");
    const manifest = readFileSync(paths.manifest, "utf8");
    writeFileSync(paths.manifest, manifest.replace('"dev": true', '"dev": false'));
    try {
      expect(await errorOf(() => loadKey(toy()))).toMatchObject({ code: "INVALID_KEY" });
    } finally {
      writeFileSync(paths.manifest, manifest);
    }
  });

  it("reuses the key, and makes a new one with force", async () => {
    const first = await setupDev(toy());
    const written = statSync(first.zkeyPath).mtimeMs;
    const again = await setupDev(toy());
    expect(again.keyHash).toBe(first.keyHash);
    expect(statSync(first.zkeyPath).mtimeMs).toBe(written);
    const forced = await setupDev(toy(), { force: true });
    expect(forced.keyHash).not.toBe(first.keyHash);
    expect((await loadKey(toy())).keyHash).toBe(forced.keyHash);
  });

  it("makes one key when asked twice at once", async () => {
    const [a, b] = await Promise.all([setupDev(other()), setupDev(other())]);
    expect(a.keyHash).toBe(b.keyHash);
  });

  it("is deterministic in its secrets", async () => {
    const artifacts = await ensureArtifacts(toy());
    const make = async (name: string, seed: bigint) => {
      let next = seed;
      await writeDevKey(artifacts.r1cs, artifacts.r1csHash, join(home, name), () => next++);
      return readFileSync(join(home, name));
    };
    const first = await make("a.zkey", 1000n);
    expect((await make("b.zkey", 1000n)).equals(first)).toBe(true);
    expect((await make("c.zkey", 1001n)).equals(first)).toBe(false);
  });
});

describe("a key on disk", () => {
  it("refuses a truncated key and says how to go on; force repairs it", async () => {
    const key = await setupDev(toy());
    const bytes = readFileSync(key.zkeyPath);
    writeFileSync(key.zkeyPath, bytes.subarray(0, bytes.length - 100));
    for (const run of [() => loadKey(toy()), () => setupDev(toy())]) {
      expect(await errorOf(run)).toMatchObject({
        code: "INVALID_KEY",
        inputs: ["setup.force"],
      });
    }
    expect(await errorOf(() => readZkey(key.zkeyPath))).toMatchObject({ code: "INVALID_KEY" });
    await setupDev(toy(), { force: true });
    expect((await loadKey(toy())).manifest.dev).toBe(true);
  });

  it("refuses a key with one bit flipped", async () => {
    const key = await setupDev(toy());
    const bytes = readFileSync(key.zkeyPath);
    const flipped = Buffer.from(bytes);
    const at = bytes.length - 5000;
    flipped.writeUInt8((bytes[at] ?? 0) ^ 1, at);
    writeFileSync(key.zkeyPath, flipped);
    expect(await errorOf(() => loadKey(toy()))).toMatchObject({ code: "INVALID_KEY" });
    writeFileSync(key.zkeyPath, bytes);
  });

  it("refuses another circuit's key, even behind a manifest that claims otherwise", async () => {
    const mine = await setupDev(toy());
    const theirs = await setupDev(other());
    const stolen = join(home, "stolen.zkey");
    writeFileSync(stolen, readFileSync(theirs.zkeyPath));
    writeFileSync(join(home, "stolen.manifest.json"), JSON.stringify(theirs.manifest));
    expect(await errorOf(() => loadKey(toy(), { zkey: stolen }))).toMatchObject({ code: "KEY_MISMATCH" });
    const forged = { ...theirs.manifest, circuit: toy().name, r1csHash: mine.manifest.r1csHash };
    writeFileSync(join(home, "stolen.manifest.json"), JSON.stringify(forged));
    expect(await errorOf(() => loadKey(toy(), { zkey: stolen }))).toMatchObject({ code: "KEY_MISMATCH" });
  });

  it("refuses a manifest with unknown fields, and none at all", async () => {
    const key = await setupDev(toy());
    const copy = join(home, "copy.zkey");
    writeFileSync(copy, readFileSync(key.zkeyPath));
    expect(await errorOf(() => loadKey(toy(), { zkey: copy }))).toMatchObject({ code: "INVALID_KEY" });
    writeFileSync(join(home, "copy.manifest.json"), JSON.stringify({ ...key.manifest, extra: 1 }));
    expect(await errorOf(() => loadKey(toy(), { zkey: copy }))).toMatchObject({ code: "INVALID_KEY" });
    writeFileSync(join(home, "copy.manifest.json"), JSON.stringify(key.manifest));
    expect((await loadKey(toy(), { zkey: copy })).keyHash).toBe(key.keyHash);
  });

  it("says how to make one when there is none", async () => {
    expect(await errorOf(() => loadKey(toy(), { kind: "ceremony" }))).toMatchObject({
      code: "INVALID_KEY",
      inputs: ["setup.dev", "setup.ptau"],
    });
  });
});
