import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instance } from "../../src/prover/circuits.ts";
import { CIRCUITS_ROOT } from "../../src/prover/node/circuit-folder.ts";
import { recordedSize, recordedSizes, SIZES_FILE } from "../../src/prover/sizes-file.ts";

const invalid = expect.objectContaining({ code: "INVALID_ARTIFACT" });
const recorded: unknown = JSON.parse(readFileSync(join(CIRCUITS_ROOT, SIZES_FILE), "utf8"));
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ballast-sizes-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
const write = (sizes: unknown) => writeFileSync(join(root, SIZES_FILE), JSON.stringify(sizes));

describe("recorded sizes", () => {
  it("are the file's, by name", () => {
    const circuit = instance("64x240");
    expect(recordedSize(circuit)).toEqual(Reflect.get(recorded as object, circuit.name));
    expect(Object.fromEntries(recordedSizes())).toEqual(recorded);
  });

  it("are refused where the file is missing, malformed, or doesn't know the instance", () => {
    expect(() => recordedSizes(join(root, "nowhere"))).toThrow(invalid);
    const name = "coverage_4x8_s5k2";
    const size = recordedSize(instance(name));
    write({ [name]: size });
    expect(recordedSize({ name, root })).toEqual(size);
    expect(() => recordedSize({ name: "coverage_16x120_s35k2", root })).toThrow(invalid);
    for (const bad of [
      { ...size, constraints: -1 },
      { ...size, r1csHash: "0x12" },
      { ...size, depth: 3 },
      {},
    ]) {
      write({ [name]: bad });
      expect(() => recordedSizes(root)).toThrow(invalid);
    }
  });
});
