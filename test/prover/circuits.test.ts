import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listInstances, shortName } from "../../src/prover/circuits.ts";
import { circuitInfo, ensureArtifacts, hashFile } from "../../src/prover/node/artifacts.ts";
import { instanceIn, instancesIn } from "../../src/prover/node/circuit-folder.ts";
import { collectSources } from "../../src/prover/node/sources.ts";
import type { ProgressEvent } from "../../src/prover/progress.ts";
import { domainPowerOf } from "../../src/prover/r1cs-file.ts";
import { errorOf, TOY_ROOT, toy, useTemporaryHome } from "./toy.ts";

const home = await useTemporaryHome([]);

describe("instances", () => {
  it("lists the package's instances with their public interface", () => {
    const flagship = listInstances().find((candidate) => candidate.name === "coverage_64x240_s35k2");
    expect(flagship).toMatchObject({
      slots: 64,
      rows: 240,
      shape: { scenarios: 35, underlyings: 2 },
      cachedInputs: 240 * 17 + 1 + 16,
      publicInputs: 4101,
      signals: ["accountId", "commitment", "tier", "context"],
    });
  });

  it("finds an instance by name and by size", () => {
    expect(instanceIn(TOY_ROOT, "2x4")).toEqual(toy());
    expect(shortName(toy())).toBe("2x4");
  });

  it("names the known circuits when there is no such one", () => {
    expect(() => instanceIn(TOY_ROOT, "8x9")).toThrowError(
      expect.objectContaining({ code: "UNKNOWN_CIRCUIT", hint: expect.stringContaining("toy_2x4_s1k1") }),
    );
  });

  it("refuses a malformed list", () => {
    const root = join(home, "bad-root");
    mkdirSync(root);
    writeFileSync(join(root, "circuits.json"), '{"x": {"file": 1}}');
    expect(() => instancesIn(root)).toThrowError(expect.objectContaining({ code: "INVALID_ARTIFACT" }));
  });
});

describe("the domain", () => {
  it("holds the constraints, the public inputs and the constant", () => {
    expect([1, 2, 3, 4].map((constraints) => domainPowerOf(constraints, 4))).toEqual([3, 3, 3, 4]);
    expect(domainPowerOf(18276, 4105)).toBe(15);
    expect(domainPowerOf(32768 - 4106, 4105)).toBe(15);
    expect(domainPowerOf(32768 - 4105, 4105)).toBe(16);
  });
});

describe("sources", () => {
  it("collects the templates and circomlib's, and its hash depends on every text", () => {
    const { files, hash } = collectSources(TOY_ROOT, "main/toy_2x4_s1k1.circom");
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        "circuits/main/toy_2x4_s1k1.circom",
        "circuits/toy/square.circom",
        "node_modules/circomlib/circuits/poseidon.circom",
      ]),
    );
    const root = join(home, "copy");
    mkdirSync(join(root, "main"), { recursive: true });
    mkdirSync(join(root, "toy"));
    for (const name of ["main/toy_2x4_s1k1.circom", "toy/toy.circom", "toy/square.circom"]) {
      writeFileSync(join(root, name), readFileSync(join(TOY_ROOT, name)));
    }
    expect(collectSources(root, "main/toy_2x4_s1k1.circom").hash).toBe(hash);
    writeFileSync(join(root, "toy/square.circom"), "pragma circom 2.2.3;\n");
    expect(collectSources(root, "main/toy_2x4_s1k1.circom").hash).not.toBe(hash);
  });

  it("names the include that is missing, and ignores those in comments", () => {
    const root = join(home, "includes");
    mkdirSync(root);
    writeFileSync(join(root, "a.circom"), '// include "no.circom";\n/* include "no.circom"; */\n');
    expect(collectSources(root, "a.circom").files.size).toBe(1);
    writeFileSync(join(root, "a.circom"), 'include "gone.circom";\n');
    expect(() => collectSources(root, "a.circom")).toThrowError(
      expect.objectContaining({
        code: "INVALID_ARTIFACT",
        shortMessage: expect.stringContaining("gone.circom"),
      }),
    );
  });
});

describe("artifacts", () => {
  it("compiles once, then takes the cache, and leaves nothing else behind", async () => {
    const events: ProgressEvent[] = [];
    const first = await ensureArtifacts(toy(), (event) => events.push(event));
    expect(events.map(({ step }) => step)).toEqual(["compile", "compile"]);
    expect(events[1]?.ms).toBeGreaterThan(0);
    events.length = 0;
    expect(await ensureArtifacts(toy(), (event) => events.push(event))).toEqual(first);
    expect(events).toEqual([]);
    expect(first.r1csHash).toBe(hashFile(first.r1cs));
    expect(readdirSync(join(home, "circuits"))).toHaveLength(1);
  });

  it("knows the circuit's sizes", async () => {
    const info = await circuitInfo(toy());
    expect(info.publicInputs).toBe(toy().publicInputs);
    expect(info.constraints).toBeGreaterThan(200);
    expect(2 ** info.domainPower).toBeGreaterThanOrEqual(info.constraints + info.publicInputs + 1);
    expect(info.wires).toBeGreaterThan(info.publicInputs);
  });

  it("compiles again when a cached file is damaged", async () => {
    const { r1cs, r1csHash } = await ensureArtifacts(toy());
    writeFileSync(r1cs, readFileSync(r1cs).subarray(0, 1000));
    expect((await ensureArtifacts(toy())).r1csHash).toBe(r1csHash);
    expect(hashFile(r1cs)).toBe(r1csHash);
  });

  it("shows what the compiler says", async () => {
    const root = join(home, "broken");
    mkdirSync(root);
    writeFileSync(
      join(root, "a.circom"),
      "pragma circom 2.2.3;\ntemplate T() { signal input x; nowhere <== x; }\ncomponent main = T();\n",
    );
    const error = await errorOf(() => ensureArtifacts({ name: "broken", root, main: "a.circom" }));
    expect(error).toMatchObject({ code: "INVALID_ARTIFACT", hint: expect.stringContaining("nowhere") });
    expect(readdirSync(join(home, "circuits")).filter((name) => name.startsWith("broken"))).toEqual([]);
  });
});
