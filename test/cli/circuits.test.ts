import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instance } from "../../src/prover/circuits.ts";
import { isRecorded } from "../../src/prover/node/recorded.ts";
import { recordedSize, recordedSizes } from "../../src/prover/sizes-file.ts";
import { cli, cliJson, temporaryFolder } from "./harness.ts";

interface Listed {
  readonly circuits: readonly {
    readonly name: string;
    readonly constraints: number;
    readonly matches?: boolean;
  }[];
}

describe("ballast circuits", () => {
  const folder = temporaryFolder();
  const home = process.env["BALLAST_HOME"];
  beforeAll(() => {
    process.env["BALLAST_HOME"] = folder.file("home");
  });
  afterAll(() => {
    if (home === undefined) delete process.env["BALLAST_HOME"];
    else process.env["BALLAST_HOME"] = home;
    folder.remove();
  });

  it("prints what is recorded, and compiles nothing", async () => {
    const { circuits } = await cliJson<Listed>("circuits", "--all");
    const sizes = recordedSizes();
    expect(circuits.map(({ name }) => name)).toEqual([...sizes.keys()]);
    for (const { name, ...row } of circuits) {
      const { sourceHash: _, ...recorded } = sizes.get(name) ?? { sourceHash: "" };
      expect(row).toMatchObject(recorded);
    }
    const { code, out, err } = await cli("circuits");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("18,649");
    expect(existsSync(folder.file("home"))).toBe(false);
  });
});

describe("ballast circuits --check", () => {
  it("compiles, and finds what is recorded", async () => {
    const { circuits } = await cliJson<Listed>("circuits", "coverage_4x8_s5k2", "--check");
    expect(circuits.map(({ matches }) => matches)).toEqual([true]);
  });

  it("finds any difference from what is recorded", async () => {
    const circuit = instance("coverage_4x8_s5k2");
    const recorded = recordedSize(circuit);
    expect(await isRecorded(circuit, recorded)).toBe(true);
    for (const other of [
      { r1csHash: `0x${"00".repeat(32)}` },
      { constraints: recorded.constraints + 1 },
      { publicInputs: recorded.publicInputs + 1 },
      { wires: recorded.wires - 1 },
      { domainPower: recorded.domainPower + 1 },
    ])
      expect(await isRecorded(circuit, { ...recorded, ...other })).toBe(false);
  });
});
