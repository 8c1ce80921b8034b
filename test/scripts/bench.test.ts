import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../../scripts/bench/arguments.ts";
import { benchSection, writeSection } from "../../scripts/bench/document.ts";
import { randomPortfolio } from "../../scripts/bench/portfolios.ts";
import { sampleOf } from "../../scripts/bench/sample.ts";
import { type BenchResult, benchSchema } from "../../scripts/bench/schema.ts";
import { benchTables, markdown, spread } from "../../scripts/bench/tables.ts";
import { ratio, TARGETS } from "../../scripts/bench/targets.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { toField } from "../../src/math/field.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { buildSnapshot } from "../../src/risk/snapshot.ts";
import { coverageWitness } from "../../src/witness/coverage.ts";

const one = (value: number) => sampleOf([value]);
const steps = (total: number, start: number | null) => ({
  start: start === null ? null : one(start),
  witness: one(40),
  prove: one(total - 100),
  verify: one(20),
  total: one(total),
});

/** Numbers of a real run, rounded. */
const RECORDED: BenchResult = {
  format: "ballast.bench/1",
  machine: { cores: 2, memoryGiB: 23, node: "v20.20.2", platform: "linux-x64" },
  settings: { runs: 3, seed: 1, market: "sample" },
  instances: [
    {
      name: "coverage_64x240_s35k2",
      slots: 64,
      rows: 240,
      filledRows: 235,
      positions: 64,
      constraints: 19_348,
      publicInputs: 4_101,
      wires: 19_790,
      domainPower: 15,
      zkeyBytes: 17 * 2 ** 20,
      compile: 18_204,
      key: 6_100,
      inputs: one(10),
      provers: [
        {
          backend: "snarkjs",
          cold: steps(3_400, 45),
          warm: { ...steps(2_190, null), total: sampleOf([2_190, 2_000, 2_500]) },
        },
        { backend: "rapidsnark", cold: steps(1_100, 45), warm: steps(530, null) },
      ],
      verify: { full: one(110), withTablePoint: one(12), tablePoint: one(98) },
      gas: {
        publish: 192_795,
        attest: sampleOf([280_000, 279_084, 280_375]),
        batches: [
          { size: 4, total: 554_076, each: 138_519 },
          { size: 16, total: 1_508_224, each: 94_264 },
        ],
        tablePoint: { transactions: 6, total: 37_018_739, perRow: sampleOf([155_118, 152_400, 154_051]) },
      },
    },
  ],
};

describe("samples", () => {
  it("has the middle value, or the mean of the middle two", () => {
    expect(sampleOf([9, 1, 5])).toEqual({ count: 3, median: 5, min: 1, max: 9 });
    expect(sampleOf([10, 1, 4, 2])).toEqual({ count: 4, median: 3, min: 1, max: 10 });
    expect(sampleOf([1.23456])).toEqual({ count: 1, median: 1.235, min: 1.235, max: 1.235 });
  });

  it("refuses nothing, negatives and what is not a number", () => {
    expect(() => sampleOf([])).toThrow("at least one");
    expect(() => sampleOf([1, -1])).toThrow("negative");
    expect(() => sampleOf([1, Number.NaN])).toThrow("not a number");
    expect(() => sampleOf([Number.POSITIVE_INFINITY])).toThrow("not a number");
  });
});

describe("tables", () => {
  it("shows medians with their spread, and one measurement alone", () => {
    expect(spread(sampleOf([2_000, 2_190, 2_500]))).toBe("2.19 s (2.00 s .. 2.50 s)");
    expect(spread(one(12))).toBe("12 ms");
  });

  it("sets measured against wanted", () => {
    expect(ratio(294_000, 280_000)).toBe("1.050");
    expect(ratio(1, undefined)).toBe("—");
    const tables = new Map(benchTables(RECORDED).map((table) => [table.title, table]));
    const proofs = tables.get("Proofs")?.rows ?? [];
    // Inputs count: 2190 + 10 of 2200. Cold proofs have no target.
    expect(proofs.map((row) => [row[0], row.at(-1)])).toEqual([
      ["64x240 snarkjs, cold", "—"],
      ["64x240 snarkjs, warm", "1.000"],
      ["64x240 rapidsnark, cold", "—"],
      ["64x240 rapidsnark, warm", "1.200"],
    ]);
    expect(tables.get("Gas of attesting")?.rows[0]).toEqual([
      "64x240",
      "192,795",
      "280,000 (279,084 .. 280,375)",
      "1.000",
      "138,519",
      "94,264",
      "0.992",
    ]);
    expect(tables.get("Table point on chain")?.rows[0]).toEqual([
      "64x240",
      "240 (235)",
      "6",
      "37,018,739",
      "154,051 (152,400 .. 155,118)",
    ]);
  });

  it("has as many cells in every row as in its head", () => {
    for (const { head, rows } of benchTables(RECORDED)) {
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toHaveLength(head.length);
    }
  });

  it("leaves the chain's tables out when it was skipped, and says what was cached", () => {
    const instances = RECORDED.instances.map((entry) => ({ ...entry, gas: null, compile: null }));
    const tables = benchTables({ ...RECORDED, instances });
    expect(tables.map(({ title }) => title)).toEqual([
      "Circuits and keys",
      "Proofs",
      "Verification off chain",
    ]);
    expect(tables[0]?.rows[0]?.[1]).toBe("cached");
  });

  it("renders as Markdown", () => {
    const text = markdown([{ title: "T", head: ["a", "b"], rows: [["x", "1"]] }]);
    expect(text).toBe("**T**\n\n| a | b |\n| --- | ---: |\n| x | 1 |");
  });
});

describe("JSON", () => {
  it("takes a result back from its text, and nothing else", () => {
    expect(benchSchema.parse(JSON.parse(JSON.stringify(RECORDED)))).toEqual(RECORDED);
    expect(benchSchema.safeParse({ ...RECORDED, hostname: "x" }).success).toBe(false);
    expect(benchSchema.safeParse({ ...RECORDED, instances: [] }).success).toBe(false);
    expect(benchSchema.safeParse({ ...RECORDED, format: "ballast.bench/2" }).success).toBe(false);
  });
});

describe("portfolios", () => {
  const circuit = instanceOf("coverage", "16x120");
  const snapshot = buildSnapshot(sampleChain(), presetPolicy("les"), { rows: circuit.rows });

  it("fill every slot, with distinct instruments and both signs, and fit the circuit", () => {
    const portfolio = randomPortfolio(circuit, snapshot, 1, 0);
    const ids = portfolio.positions.map(({ instrumentId }) => instrumentId);
    expect(new Set(ids).size).toBe(16);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(portfolio.positions.some(({ quantity }) => quantity < 0n)).toBe(true);
    expect(portfolio.positions.some(({ quantity }) => quantity > 0n)).toBe(true);
    expect(portfolio.positions.every(({ quantity }) => quantity !== 0n)).toBe(true);
    const { publicSignals } = coverageWitness(circuit, snapshot, portfolio, toField(7n), toField(8n));
    expect(publicSignals).toHaveLength(circuit.publicInputs);
  });

  it("repeat by seed and differ by account", () => {
    const of = (seed: number, index: number) => randomPortfolio(circuit, snapshot, seed, index);
    expect(of(1, 3)).toEqual(of(1, 3));
    const accounts = Array.from({ length: 16 }, (_, index) => of(1, index));
    expect(new Set(accounts.map(({ accountId }) => accountId)).size).toBe(16);
    expect(new Set(accounts.map(({ positions }) => JSON.stringify(positions, text))).size).toBe(16);
    expect(of(2, 3).positions).not.toEqual(of(1, 3).positions);
  });

  it("hold every row when there are fewer than slots", () => {
    const few = { rows: snapshot.rows.slice(0, 5) };
    const { positions } = randomPortfolio(circuit, few, 1, 0);
    expect(positions.map(({ instrumentId }) => instrumentId)).toEqual(
      few.rows.map(({ instrumentId }) => instrumentId),
    );
  });
});

describe("the page", () => {
  it("gets the tables between its markers, and keeps the rest", () => {
    const folder = mkdtempSync(join(tmpdir(), "ballast-bench-test-"));
    try {
      const page = join(folder, "page.md");
      writeFileSync(page, "above\n<!-- bench:begin -->\noutdated\n<!-- bench:end -->\nbelow\n");
      const section = benchSection(RECORDED, "2026-11-23", "npm run bench -- --runs 3");
      writeSection(page, section);
      writeSection(page, section);
      const text = readFileSync(page, "utf8");
      expect(text.startsWith("above\n<!-- bench:begin -->\nMeasured on 2026-11-23 by `npm run bench")).toBe(
        true,
      );
      expect(text.endsWith("\n<!-- bench:end -->\nbelow\n")).toBe(true);
      expect(text).not.toContain("outdated");
      expect(text).toContain("2 cores, 23 GiB, Node v20.20.2");
      expect(text.split("**Proofs**")).toHaveLength(2);

      writeFileSync(page, "no markers\n");
      expect(() => writeSection(page, section)).toThrow("lost its benchmark markers");
      expect(readFileSync(page, "utf8")).toBe("no markers\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("has its markers, and names the targets of the code", () => {
    const text = readFileSync(new URL("../../docs/reference/benchmarks.md", import.meta.url), "utf8");
    expect(text.match(/<!-- bench:(begin|end) -->/g)).toEqual(["<!-- bench:begin -->", "<!-- bench:end -->"]);
    const { snarkjs = 0, rapidsnark = 0 } = TARGETS.warmProof["coverage_64x240_s35k2"] ?? {};
    const grouped = (gas: number) => `${gas / 1000},000 gas |`;
    expect(text).toContain(`snarkjs | ${snarkjs / 1000} s |`);
    expect(text).toContain(`rapidsnark | ${rapidsnark / 1000} s |`);
    expect(text).toContain(`| one attestation | ${grouped(TARGETS.attestGas)}`);
    expect(text).toContain(`a batch of ${TARGETS.batchGas.size} | ${grouped(TARGETS.batchGas.each)}`);
  });
});

describe("options", () => {
  it("default to every flagship instance, five runs and the chain", () => {
    const options = parseArguments([]);
    expect(options.circuits.map(({ slots, rows }) => `${slots}x${rows}`)).toEqual([
      "16x120",
      "32x120",
      "64x240",
      "128x960",
    ]);
    expect(options).toMatchObject({ runs: 5, seed: 1, chain: [], withChain: true, cached: false });
    expect(options.write).toBeUndefined();
  });

  it.each([
    [["--instance", "4x8"], "too few scenarios"],
    [["--instance", "5x5"], 'No circuit is called "5x5"'],
    [["--runs", "0"], "--runs must be"],
    [["--runs", "2.5"], "--runs must be"],
    [["--seed", "-1"], "seed"],
    [["--write"], "--write needs --date"],
    [["--write", "--date", "2026-02-30"], "--date must be a day"],
    [["--date", "yesterday"], "--date must be a day"],
    [["--fast"], "Unknown option"],
  ])("refuse %j", (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });

  it("take a date to write with", () => {
    expect(parseArguments(["--write", "--date", "2026-11-23"]).write).toBe("2026-11-23");
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
