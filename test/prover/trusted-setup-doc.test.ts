import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listInstances } from "../../src/prover/circuits.ts";
import { KNOWN_PTAU } from "../../src/prover/keys/known-ptau.ts";
import { recordedSize } from "../../src/prover/sizes-file.ts";

const page = readFileSync(new URL("../../docs/security/trusted-setup.md", import.meta.url), "utf8");
const rows = [
  ...page.matchAll(
    /^\| ((?:coverage|equity|ceiling|reduction|solvency|report|transfer|deleverage|membership|empty)_\w+) \| ([\d,]+) \| ([\d,]+) \| (\d+) \|$/gm,
  ),
].map(([, name, ...numbers]) => ({ name, numbers: numbers.map((text) => Number(text.replaceAll(",", ""))) }));
const real = listInstances().filter((circuit) => circuit.purpose !== "tests only");

describe("docs/security/trusted-setup.md", () => {
  it("lists every instance", () => {
    expect(rows.map(({ name }) => name)).toEqual(real.map(({ name }) => name));
  });

  it.each(real.map((circuit) => [circuit.name, circuit] as const))(
    "has the capacity of %s",
    (name, circuit) => {
      const { constraints, publicInputs, domainPower } = recordedSize(circuit);
      expect(rows.find((row) => row.name === name)?.numbers).toEqual([
        constraints,
        publicInputs,
        domainPower,
      ]);
    },
  );

  it("has the hashes of the ptau files that are needed", () => {
    const listed = [...page.matchAll(/^ {4}(\d\d) {2}([0-9a-f]{128})$/gm)].map(([, power, hash]) => ({
      power: Number(power),
      hash,
    }));
    const powers = rows.map(({ numbers }) => numbers[2]);
    expect(listed).toEqual(KNOWN_PTAU.filter(({ power }) => powers.includes(power)));
  });
});
