import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commands } from "../src/cli/commands.ts";
import { INSTRUMENT_ID_LIMIT } from "../src/market/instruments.ts";
import { HASH_RATE, HASH_TAGS } from "../src/math/poseidon.ts";
import { reportSignals, type Statement } from "../src/prover/circuits.ts";
import { SIGNALS } from "../src/prover/generated/circuits.ts";
import { LANE_BITS, LANE_LIMIT, LOT_LIMIT, policyWidth, rowWidth } from "../src/risk/shape.ts";
import { SOLVENCY_WINDOW_BITS, TIERS } from "../src/risk/solvency.ts";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const protocol = read("docs/protocol/encodings.md");
const documents = [
  ...readdirSync(new URL("..", import.meta.url)),
  ...readdirSync(new URL("../docs", import.meta.url), { recursive: true, encoding: "utf8" }).map(
    (name) => `docs/${name.replaceAll("\\", "/")}`,
  ),
].filter((path) => path.endsWith(".md"));

type Format = (...values: unknown[]) => string;
const overTable: Format = (slots, rows, scenarios, underlyings) =>
  `${slots}x${rows}_s${scenarios}k${underlyings}`;
const TABLE_PARAMS = ["SLOTS", "ROWS", "SCENARIOS", "UNDERLYINGS"];

/** By statement: the template's parameters in their order, and how they make a name. */
const NAMES: Readonly<Record<Statement, { readonly order: readonly string[]; readonly format: Format }>> = {
  coverage: { order: TABLE_PARAMS, format: overTable },
  equity: { order: TABLE_PARAMS, format: overTable },
  ceiling: { order: TABLE_PARAMS, format: overTable },
  reduction: { order: TABLE_PARAMS, format: overTable },
  solvency: {
    order: ["ACCOUNTS", ...TABLE_PARAMS, "DEPTH"],
    format: (accounts, slots, rows, scenarios, underlyings, depth) =>
      `${accounts}x${overTable(slots, rows, scenarios, underlyings)}_d${depth}`,
  },
  report: { order: ["SCENARIOS", "UNDERLYINGS"], format: (scenarios, k) => `s${scenarios}k${k}` },
  transfer: { order: ["SLOTS"], format: String },
  deleverage: { order: ["SLOTS"], format: String },
  membership: { order: ["DEPTH"], format: (depth) => `d${depth}` },
  empty: { order: ["SLOTS"], format: String },
};

const escaped = (text: string): string => text.replace(/[.()]/g, "\\$&");

/** Domains of what no proof knows: a bid's hash stays between bidder and auction. */
const ELSEWHERE = new Set(["ballast.bid.v1"]);

/** All sources under a folder, one after the other. */
function sources(folder: string, ending: string): string {
  return readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => read(`${folder}/${path}`))
    .join("\n");
}

/** The number that `pattern`'s group finds in the protocol. */
function constant(pattern: RegExp): number {
  const match = pattern.exec(protocol);
  if (match === null) throw new Error(`docs/protocol/encodings.md no longer says ${pattern}`);
  return Number(match[1]);
}

describe("docs/protocol/encodings.md", () => {
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
    const circuits = sources("circuits", ".circom");
    expect(circuits).toContain(`QUANTITY_BITS() { return ${constant(/quantity \+ id\*2\^(\d+)/)}; }`);
    expect(circuits).toContain(`INSTRUMENT_BITS() { return ${Math.log2(INSTRUMENT_ID_LIMIT)}; }`);
    expect(constant(/shifted by `(\d+)\*j`/)).toBe(36 + 20 + 1);
    expect(circuits).toContain(`return ${constant(/packed (\d+) to an element/)}; }`);
    expect(circuits).toContain(`LANE_BITS() { return ${LANE_BITS}; }`);
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
    const shape = sources("circuits", ".circom");
    const state = read("src/witness/solvency-state.ts");
    expect(constant(/in windows of \*\*(\d+) bits\*\*/)).toBe(Number(SOLVENCY_WINDOW_BITS));
    const claims = read("circuits/table/claims.circom");
    expect(claims).toContain(`ACCOUNT_WINDOW() { return ${SOLVENCY_WINDOW_BITS}; }`);
    expect(claims).toContain(`SPACING_BITS() { return ${constant(/at distances of (\d+) bits/)}; }`);
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

  it("lists the public signals of every statement, in the circuits' order", () => {
    const report = reportSignals({ scenarios: 35, underlyings: 2 }).filter(
      (name) => !/^(?:tier|demand)[1-9]/.test(name),
    );
    const lists: Readonly<Record<Statement, readonly string[]>> = {
      coverage: SIGNALS.coverage,
      equity: SIGNALS.equity,
      ceiling: SIGNALS.ceiling,
      reduction: SIGNALS.reduction,
      solvency: SIGNALS.solvency,
      report: report.map((name) => ({ tier0: "tier0..4", demand0: "demand (3K)" })[name] ?? name),
      transfer: SIGNALS.transfer,
      deleverage: SIGNALS.deleverage,
      membership: SIGNALS.membership,
      empty: SIGNALS.empty,
    };
    for (const [statement, signals] of Object.entries(lists)) {
      expect(protocol, statement).toMatch(
        new RegExp(`ublic signals[^\n]*\`${escaped(signals.join(", "))}\``),
      );
    }
  });

  it("names every domain that contracts hash into what proofs and snapshots are bound to, as TypeScript does", () => {
    const typescript = sources("src", ".ts");
    const domains = [...sources("contracts", ".sol").matchAll(/"(ballast\.[a-z.]+\.v\d+)"/g)].map(
      ([, domain = ""]) => domain,
    );
    expect(new Set(domains).size).toBeGreaterThanOrEqual(8);
    for (const domain of new Set(domains)) {
      expect(typescript, domain).toContain(`"${domain}"`);
      if (!ELSEWHERE.has(domain)) expect(protocol, domain).toContain(domain);
    }
  });
});

describe("circuits.json", () => {
  const listed = JSON.parse(read("circuits/circuits.json")) as Readonly<
    Record<string, { readonly statement: Statement; readonly template: string; readonly params: object }>
  >;

  it("has every statement", () => {
    const statements = Object.values(listed).map(({ statement }) => statement);
    expect(new Set(statements)).toEqual(new Set(Object.keys(NAMES)));
  });

  it.each(Object.keys(NAMES) as Statement[])(
    "has the parameters of each %s in its name, and a main component of exactly those",
    (statement) => {
      const circuits = Object.entries(listed).filter(([, entry]) => entry.statement === statement);
      expect(circuits.length).toBeGreaterThan(0);
      for (const [name, { template, params }] of circuits) {
        const { order, format } = NAMES[statement];
        expect(Object.keys(params).sort()).toEqual([...order].sort());
        const values = order.map((key): unknown => Reflect.get(params, key));
        expect(name).toBe(`${statement}_${format(...values)}`);
        expect(read(`circuits/main/${name}.circom`)).toContain(`${template}(${values.join(", ")})`);
      }
    },
  );
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

  it("are all in the reference", () => {
    const index = read("docs/reference/cli/README.md");
    for (const name of names) expect(index, name).toContain(`[ballast ${name}](${name}.md)`);
  });
});

describe("links in the documents", () => {
  it("lead somewhere", () => {
    for (const path of documents) {
      for (const [, target = ""] of read(path).matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)) {
        if (/^https?:/.test(target)) continue;
        const full = new URL(target, new URL(`../${path}`, import.meta.url));
        expect(existsSync(full), `${path} links to ${target}`).toBe(true);
      }
    }
  });
});

describe("anchors in the documents", () => {
  const slug = (heading: string): string =>
    heading
      .replace(/[`*]/g, "")
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .trim()
      .replaceAll(" ", "-");
  const anchorsOf = (page: string): Set<string> =>
    new Set([...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => slug(heading)));

  it("are headings of the page that they lead to", () => {
    const root = new URL("..", import.meta.url);
    const wrong = documents.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#\s]*)#([^)]+)\)/g)]
        .filter(([, target = ""]) => !/^https?:/.test(target))
        .filter(([, target = "", anchor = ""]) => {
          const full =
            target === "" ? page : new URL(target, new URL(page, root)).pathname.slice(root.pathname.length);
          return !anchorsOf(full).has(anchor);
        })
        .map(([link]) => `${page}: ${link}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("paths in the documents", () => {
  /** Files and folders of the checkout. */
  const PATH = /`((?:src|test|circuits|contracts|scripts|docs|\.github|\.ci)\/[\w./-]*)`/g;
  /** Placeholders of checklists: `src/cli/commands/NAME.ts`. */
  const NONE = /[A-Z]{4,}|\.\.\./;

  /** The threat model leaves out what all its tests have in common: `circuits/hints` is `test/circuits/hints.test.ts`. */
  const isThere = (path: string) =>
    [path, `test/${path}.test.ts`, `test/${path}.t.sol`].some((name) =>
      existsSync(new URL(`../${name}`, import.meta.url)),
    );

  it("are there", () => {
    const missing = documents.flatMap((page) =>
      [...read(page).matchAll(PATH)]
        .map(([, path = ""]) => path)
        .filter((path) => !NONE.test(path) || /README|PROPERTIES|CHANGELOG/.test(path))
        .filter((path) => !isThere(path))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it("that have owners are there", () => {
    const owned = [...read(".github/CODEOWNERS").matchAll(/^(\/\S+)/gm)].map(([, path = ""]) =>
      path.slice(1),
    );
    expect(owned.length).toBeGreaterThan(5);
    expect(owned.filter((path) => !isThere(path))).toEqual([]);
  });

  it("that code, contracts and tests name are documents that there are", () => {
    const files = ["src", "contracts", "scripts", "test"].flatMap((folder) =>
      readdirSync(new URL(`../${folder}`, import.meta.url), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(?:ts|sol)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
    const missing = files.flatMap((file) =>
      [...read(file).matchAll(/\bdocs\/[\w/-]+\.(?:md|svg|json|ts|sol)\b/g)]
        .filter(([path]) => !path.includes("NAME") && !existsSync(new URL(`../${path}`, import.meta.url)))
        .map(([path]) => `${file}: ${path}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("docs/reference/contracts", () => {
  it("says of every custom error of the contracts when it comes", () => {
    const pages = documents
      .filter((path) => path.startsWith("docs/reference/contracts/"))
      .map(read)
      .join("\n");
    const errors = new Set(
      [...sources("contracts", ".sol").matchAll(/^\s*error (\w+)\(/gm)].map(([, name = ""]) => name),
    );
    expect(errors.size).toBeGreaterThan(150);
    expect([...errors].filter((name) => !new RegExp(`\\b${name}\\b`).test(pages))).toEqual([]);
  });
});

describe("tables in the documents", () => {
  /** Runs of lines that begin with a bar, outside of code. */
  function tablesOf(text: string): string[][] {
    const tables: string[][] = [];
    const table: string[] = [];
    let isCode = false;
    for (const line of [...text.split("\n"), ""]) {
      if (line.startsWith("```")) isCode = !isCode;
      if (!isCode && line.startsWith("|")) table.push(line);
      else if (table.length > 0) tables.push(table.splice(0));
    }
    return tables;
  }
  const bars = (line: string): number => line.match(/(?<!\\)\|/g)?.length ?? 0;

  it.each([...documents, "test/PROPERTIES.md"])(
    "of %s are whole: a head, and as many cells in each row",
    (path) => {
      for (const [head = "", rule = "", ...rows] of tablesOf(read(path))) {
        expect(rule, `below ${head}`).toMatch(/^\|(?: ?:?-+:? ?\|)+$/);
        for (const row of [rule, ...rows]) expect(bars(row), row).toBe(bars(head));
      }
    },
  );
});
