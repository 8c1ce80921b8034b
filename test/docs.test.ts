import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commands } from "../src/cli/commands.ts";
import {
  INSTRUMENT_ID_LIMIT,
  LANE_BITS,
  LANE_LIMIT,
  LOT_LIMIT,
  policyWidth,
  rowWidth,
} from "../src/market/shape.ts";
import { HASH_RATE, HASH_TAGS } from "../src/math/poseidon.ts";
import { instancesOf } from "../src/prover/circuits.ts";
import { SOLVENCY_WINDOW_BITS, TIERS } from "../src/risk/solvency.ts";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const protocol = read("docs/protocol.md");
const documents = [
  "README.md",
  ...readdirSync(new URL("../docs", import.meta.url)).map((name) => `docs/${name}`),
].filter((path) => path.endsWith(".md"));

/** The number that `pattern`'s group finds in the protocol. */
function constant(pattern: RegExp): number {
  const match = pattern.exec(protocol);
  if (match === null) throw new Error(`docs/protocol.md no longer says ${pattern}`);
  return Number(match[1]);
}

describe("docs/protocol.md", () => {
  it("lists the hash's tags and rate", () => {
    const listed = /One tag for each use: `([a-z., ]+)`/.exec(protocol)?.[1]?.split(", ");
    expect(listed).toEqual([...HASH_TAGS]);
    expect(constant(/blocks of up to (\d+) inputs/)).toBe(HASH_RATE);
  });

  it("gives the widths of lanes, slots and used bits that TypeScript and circuits have", () => {
    expect(constant(/v0 \+ v1\*2\^(\d+)/)).toBe(Number(LANE_BITS));
    expect(constant(/quantity \+ id\*2\^(\d+)/)).toBe(Math.log2(Number(LOT_LIMIT)));
    expect(constant(/`instrumentId` \(1 \.\. 2\^(\d+)-1\)/)).toBe(Math.log2(INSTRUMENT_ID_LIMIT));
    expect(LANE_LIMIT).toBe(2n ** 39n);
    const slots = read("circuits/portfolio/slots.circom");
    expect(slots).toContain(`QUANTITY_BITS() { return ${constant(/quantity \+ id\*2\^(\d+)/)}; }`);
    expect(slots).toContain(`INSTRUMENT_BITS() { return ${Math.log2(INSTRUMENT_ID_LIMIT)}; }`);
    expect(constant(/shifted by `(\d+)\*j`/)).toBe(36 + 20 + 1);
    expect(read("circuits/table/used.circom")).toContain(
      `return ${constant(/packed (\d+) to an element/)}; }`,
    );
    expect(read("circuits/table/shape.circom")).toContain(`LANE_BITS() { return ${LANE_BITS}; }`);
  });

  it("gives the sizes of rows and policies", () => {
    const flagship = { scenarios: 35, underlyings: 2 };
    expect(constant(/\(E\+3 elements, (\d+) at S=35, K=2\)/)).toBe(rowWidth(flagship));
    expect(protocol).toContain("`policyWidth = 6K + 4`");
    for (const underlyings of [1, 2, 3]) {
      expect(policyWidth({ scenarios: 35, underlyings })).toBe(6 * underlyings + 4);
    }
  });

  it("gives the widths of a run's state that the circuits have", () => {
    const shape = read("circuits/solvency/shape.circom");
    const state = read("src/witness/solvency-state.ts");
    expect(constant(/in windows of \*\*(\d+) bits\*\*/)).toBe(Number(SOLVENCY_WINDOW_BITS));
    expect(shape).toContain(`SOLVENCY_WINDOW() { return ${SOLVENCY_WINDOW_BITS}; }`);
    expect(shape).toContain(`SPACING_BITS() { return ${constant(/at distances of (\d+) bits/)}; }`);
    for (const [what, name, elements] of [
      ["accounts in tiers 0..4", "TIER", undefined],
      ["total shortfall in each state", "TOTAL", "TOTALS_PER_ELEMENT"],
      ["the largest shortfall m1 in each state", "SHORTFALL", "SHORTFALLS_PER_ELEMENT"],
      ["how often m2 was shown to be attained", "MARK", "MARKS_PER_ELEMENT"],
    ] as const) {
      const row = new RegExp(`${what} \\| (\\d+) x (\\d+) \\|`);
      const bits = constant(row);
      expect(shape).toContain(`${name}_BITS() { return ${bits}; }`);
      expect(state).toContain(`${name}_BITS = ${bits}n`);
      const count = Number(row.exec(protocol)?.[2]);
      if (elements === undefined) expect(count).toBe(TIERS);
      else {
        expect(shape).toContain(`${elements}() { return ${count}; }`);
        expect(state).toContain(`${elements} = ${count};`);
      }
    }
  });

  it("names the domains that TypeScript and Solidity hash", () => {
    for (const [domain, typescript, solidity] of [
      ["ballast.snapshot.v2", "src/risk/snapshot-id.ts", "contracts/libraries/SnapshotId.sol"],
      ["ballast.coverage.context.v1", "src/chain/context.ts", "contracts/libraries/CoverageContext.sol"],
      ["ballast.solvency.run.v1", "src/solvency/run-id.ts", "contracts/libraries/SolvencyRun.sol"],
      ["ballast.solvency.context.v1", "src/solvency/run-id.ts", "contracts/libraries/SolvencyRun.sol"],
      ["ballast.solvency.netting.v1", "src/portfolio/netting.ts", "contracts/libraries/SolvencyRun.sol"],
    ] as const) {
      expect(protocol).toContain(domain);
      expect(read(typescript)).toContain(domain);
      expect(read(solidity)).toContain(domain);
    }
  });
});

describe("circuits.json", () => {
  it("has parameters in names, and a main component of exactly those", () => {
    for (const { name, slots, rows, shape } of instancesOf("coverage")) {
      expect(name).toBe(`coverage_${slots}x${rows}_s${shape.scenarios}k${shape.underlyings}`);
      expect(read(`circuits/main/${name}.circom`)).toContain(
        `Coverage(${slots}, ${rows}, ${shape.scenarios}, ${shape.underlyings})`,
      );
    }
    for (const { name, accounts, slots, rows, shape, depth } of instancesOf("solvency")) {
      const { scenarios, underlyings } = shape;
      expect(name).toBe(`solvency_${accounts}x${slots}x${rows}_s${scenarios}k${underlyings}_d${depth}`);
      expect(read(`circuits/main/${name}.circom`)).toContain(
        `SolvencyBatch(${accounts}, ${slots}, ${rows}, ${scenarios}, ${underlyings}, ${depth})`,
      );
    }
    for (const { name, shape } of instancesOf("report")) {
      expect(name).toBe(`report_s${shape.scenarios}k${shape.underlyings}`);
      expect(read(`circuits/main/${name}.circom`)).toContain(
        `SolvencyReport(${shape.scenarios}, ${shape.underlyings})`,
      );
    }
  });
});

describe("commands in the documents", () => {
  const names = new Set(commands.map(({ name }) => name));

  it("exist", () => {
    for (const path of documents) {
      for (const [, name] of read(path).matchAll(/(?:^|[`$] ?|\n {4})ballast ([a-z]+)\b/g)) {
        expect(names, `${path} mentions \`ballast ${name}\``).toContain(name);
      }
    }
  });

  it("are all in the README", () => {
    const readme = read("README.md");
    for (const name of names) expect(readme, name).toContain(`ballast ${name}`);
  });
});

describe("links in the documents", () => {
  it("lead somewhere", () => {
    for (const path of documents) {
      const folder = path.startsWith("docs/") ? "docs/" : "";
      for (const [, target = ""] of read(path).matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)) {
        if (/^https?:/.test(target)) continue;
        expect(() => read(`${folder}${target}`), `${path} links to ${target}`).not.toThrow();
      }
    }
  });
});
