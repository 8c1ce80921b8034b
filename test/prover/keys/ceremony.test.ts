import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { curves, groth16, wtns, zKey } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  beacon,
  contribute,
  setupPtau,
  type VerifyCeremonyOptions,
  verifyCeremony,
} from "../../../src/prover/keys/ceremony.ts";
import { KNOWN_PTAU } from "../../../src/prover/keys/known-ptau.ts";
import { loadKey } from "../../../src/prover/keys/load-key.ts";
import { checkPtau } from "../../../src/prover/keys/ptau.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { checkTranscript, readTranscript } from "../../../src/prover/keys/transcript.ts";
import { ensureArtifacts } from "../../../src/prover/node/artifacts.ts";
import { createProver } from "../../../src/prover/node/prover.ts";
import { testPtau } from "../../helpers/ptau.ts";
import { errorOf, other, toy, toyWitness, useTemporaryHome } from "../toy.ts";

const home = await useTemporaryHome();
const file = (name: string) => join(home, name);
const ptau = file("pot9.ptau");
const BEACON = "00000000000000000000000000000000000000000000000000000000000000ff";
let ptauHash: string;

beforeAll(async () => {
  ptauHash = await testPtau(file("b.ptau"), ptau);
});
afterAll(async () => {
  const curve = (await curves.getCurveFromName("bn128")) as { terminate(): Promise<void> };
  await curve.terminate();
});

const verify = (zkey: string, more: Partial<VerifyCeremonyOptions> = {}) =>
  verifyCeremony(toy(), { zkey, ptau, ptauHash, ...more });

describe("the ptau file", () => {
  it("is accepted by either hash, and refused by another", async () => {
    const sha = createHash("sha256").update(readFileSync(ptau)).digest("hex");
    expect(await checkPtau(ptau, 9, ptauHash)).toEqual({ path: ptau, hash: ptauHash, power: 9 });
    expect(await checkPtau(ptau, 9, `0x${sha.toUpperCase()}`)).toMatchObject({ hash: ptauHash });
    const wrong = ptauHash.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    for (const hash of [wrong, "0".repeat(64), undefined]) {
      expect(await errorOf(() => checkPtau(ptau, 9, hash))).toMatchObject({ code: "INVALID_PTAU" });
    }
    expect(await errorOf(() => checkPtau(ptau, 9, "abc"))).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("must be large enough, and a ptau file", async () => {
    expect(await errorOf(() => checkPtau(ptau, 10, ptauHash))).toMatchObject({
      code: "INVALID_PTAU",
      details: { power: 9, needed: 10 },
    });
    writeFileSync(file("short.ptau"), readFileSync(ptau).subarray(0, 40));
    writeFileSync(
      file("text.ptau"),
      "not a ptau file, but long enough to have a header of some seventy bytes or so",
    );
    for (const name of ["short.ptau", "text.ptau", "gone.ptau"]) {
      expect(await errorOf(() => checkPtau(file(name), 9, ptauHash))).toMatchObject({ code: "INVALID_PTAU" });
    }
  });

  it("is known by one hash for each power from 8 to 28", () => {
    expect(KNOWN_PTAU.map(({ power }) => power)).toEqual(Array.from({ length: 21 }, (_, index) => index + 8));
    expect(new Set(KNOWN_PTAU.map(({ hash }) => hash)).size).toBe(21);
    expect(KNOWN_PTAU.every(({ hash }) => /^[0-9a-f]{128}$/.test(hash))).toBe(true);
  });

  it("must be prepared for phase 2", async () => {
    const raw = file("b.ptau");
    const hash = createHash("blake2b512").update(readFileSync(raw)).digest("hex");
    const error = await errorOf(() =>
      setupPtau(toy(), { ptau: raw, ptauHash: hash, output: file("unprepared.zkey") }),
    );
    expect(error).toMatchObject({ code: "INVALID_PTAU", hint: expect.stringContaining("prepared") });
    expect(existsSync(file("unprepared.zkey"))).toBe(false);
  });
});

describe("a ceremony", () => {
  beforeAll(async () => {
    await setupPtau(toy(), { ptau, ptauHash, output: file("0.zkey") });
    await contribute(toy(), { from: file("0.zkey"), output: file("1.zkey"), name: "Alice", entropy: "dice" });
    await contribute(toy(), { from: file("1.zkey"), output: file("2.zkey"), name: "Bob" });
    await beacon(toy(), {
      from: file("2.zkey"),
      output: file("3.zkey"),
      name: "block",
      value: BEACON,
      iterationsExp: 10,
    });
  });

  it("records who contributed, with the hashes that snarkjs prints", async () => {
    const logged: string[] = [];
    const silent = () => {};
    const { r1cs } = await ensureArtifacts(toy());
    const ok = await zKey.verifyFromR1cs(r1cs, ptau, file("3.zkey"), {
      debug: silent,
      info: (text) => logged.push(text.replace(/\s/g, "")),
      warn: silent,
      error: silent,
    });
    expect(ok).toBe(true);
    const { transcript } = await verify(file("3.zkey"));
    expect(transcript.contributions).toMatchObject([
      { name: "Alice" },
      { name: "Bob" },
      { name: "block", beacon: { value: BEACON, iterationsExp: 10 } },
    ]);
    expect(transcript.ptau).toEqual({ hash: ptauHash, power: 9 });
    for (const { hash } of transcript.contributions) expect(logged.join("\n")).toContain(hash);
    expect(logged.join("\n")).toContain(transcript.circuitHash);
  });

  it("verifies, installs the key, and the key proves", async () => {
    const dev = await setupDev(toy());
    expect((await loadKey(toy())).keyHash).toBe(dev.keyHash);
    const { key } = await verify(file("3.zkey"), { install: true });
    expect(key?.manifest).toMatchObject({ dev: false, ptau: { hash: ptauHash, power: 9 } });
    const loaded = await loadKey(toy());
    expect(loaded.keyHash).toBe(key?.keyHash);
    expect((await loadKey(toy(), { kind: "dev" })).keyHash).toBe(dev.keyHash);
    const prover = createProver({ backend: "snarkjs" });
    await prover.prove({ circuit: toy(), key: loaded, ...toyWitness(toy()) });
    await prover.close();
    const { inputs, publicSignals } = toyWitness(toy());
    await wtns.calculate(inputs, loaded.artifacts.wasm, file("w.wtns"));
    const { proof } = await groth16.prove(loaded.zkeyPath, file("w.wtns"));
    const exported: unknown = JSON.parse(readFileSync(loaded.verificationKeyPath, "utf8"));
    expect(await groth16.verify(exported, publicSignals.map(String), proof)).toBe(true);
  });

  it("refuses a key that nobody contributed to", async () => {
    const alone = file("beacon-only.zkey");
    await beacon(toy(), { from: file("0.zkey"), output: alone, name: "b", value: BEACON, iterationsExp: 10 });
    for (const zkey of [file("0.zkey"), alone]) {
      expect(await errorOf(() => verify(zkey))).toMatchObject({
        code: "INVALID_KEY",
        shortMessage: expect.stringContaining("Nobody has contributed"),
      });
    }
  });

  /** A copy of the final key, changed, with a transcript that was changed along with it. */
  async function tampered(name: string, change: (bytes: Buffer) => void): Promise<string> {
    const path = file(`${name}.zkey`);
    const bytes = readFileSync(file("3.zkey"));
    change(bytes);
    writeFileSync(path, bytes);
    const transcript = JSON.parse(readFileSync(file("3.transcript.json"), "utf8"));
    transcript.zkeyHash = `0x${createHash("sha256").update(bytes).digest("hex")}`;
    writeFileSync(file(`${name}.transcript.json`), JSON.stringify(transcript));
    return path;
  }

  it("refuses a key whose points were changed", async () => {
    const swap = (bytes: Buffer, section: number) => {
      // Two points of the section change places: still on the curve, so only the ratios can tell.
      let offset = 12;
      while (bytes.readUInt32LE(offset) !== section) offset += 12 + Number(bytes.readBigUInt64LE(offset + 4));
      const [one, two] = [offset + 12, offset + 12 + 64];
      const first = Buffer.from(bytes.subarray(one, two));
      bytes.copyWithin(one, two, two + 64);
      first.copy(bytes, two);
    };
    for (const section of [5, 8, 9]) {
      const path = await tampered(`points-${section}`, (bytes) => swap(bytes, section));
      expect(await errorOf(() => verify(path)), `section ${section}`).toMatchObject({
        code: "INVALID_KEY",
        shortMessage: expect.stringContaining("does not verify"),
      });
    }
  });

  it("refuses a truncated key, another transcript, and a transcript that hides a contributor", async () => {
    const cut = file("cut.zkey");
    writeFileSync(cut, readFileSync(file("3.zkey")).subarray(0, 20_000));
    expect(await errorOf(() => verify(cut))).toMatchObject({ code: "INVALID_KEY" });
    copyFileSync(file("3.zkey"), file("alone.zkey"));
    expect(await errorOf(() => verify(file("alone.zkey")))).toMatchObject({
      code: "INVALID_KEY",
      shortMessage: expect.stringContaining("transcript"),
    });
    const transcript = JSON.parse(readFileSync(file("3.transcript.json"), "utf8"));
    transcript.contributions.shift();
    writeFileSync(file("alone.transcript.json"), JSON.stringify(transcript));
    expect(await errorOf(() => verify(file("alone.zkey")))).toMatchObject({
      code: "INVALID_KEY",
      details: { field: "contributions" },
    });
  });

  it("refuses a transcript with any one bit of it changed", async () => {
    const { transcript } = await verify(file("3.zkey"));
    const whole = readFileSync(file("3.transcript.json"));
    checkTranscript(transcript, readTranscript(file("3.transcript.json")));
    const taken: string[] = [];
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(file("changed.transcript.json"), changed);
      try {
        checkTranscript(transcript, readTranscript(file("changed.transcript.json")));
        taken.push(`byte ${at}`);
      } catch (error) {
        expect(error).toMatchObject({ code: "INVALID_KEY" });
      }
    }
    expect(taken).toEqual([]);
  });

  it("refuses another circuit's key and the wrong ptau hash", async () => {
    const theirs = verifyCeremony(other(), { zkey: file("3.zkey"), ptau, ptauHash });
    expect(await errorOf(() => theirs)).toMatchObject({ code: "KEY_MISMATCH" });
    expect(await errorOf(() => verify(file("3.zkey"), { ptauHash: "0".repeat(128) }))).toMatchObject({
      code: "INVALID_PTAU",
    });
  });

  it("refuses bad parameters and never overwrites", async () => {
    const from = file("2.zkey");
    const close = (value: string, iterationsExp: number, name = "b") =>
      errorOf(() => beacon(toy(), { from, output: file("x.zkey"), name, value, iterationsExp }));
    for (const error of [
      await close("ff", 10),
      await close("xyz", 10),
      await close(BEACON, 9),
      await close(BEACON, 41),
      await close(BEACON, 10, ""),
      await close(BEACON, 10, "a\nb"),
    ]) {
      expect(error).toMatchObject({ code: "INVALID_INPUT" });
    }
    const again = () => contribute(toy(), { from, output: file("3.zkey"), name: "Eve" });
    expect(await errorOf(again)).toMatchObject({ code: "FILE_ERROR" });
    expect(
      await errorOf(() =>
        contribute(toy(), { from: file("gone.zkey"), output: file("y.zkey"), name: "Eve" }),
      ),
    ).toMatchObject({ code: "INVALID_KEY" });
    expect(readdirSync(home).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
