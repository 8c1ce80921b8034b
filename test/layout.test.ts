import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(extension))
    .map((path) => join(folder, path).replaceAll("\\", "/"));
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("the folders of src", () => {
  it("import one way, as the README says", () => {
    const said =
      /Imports go one way: ([^,]+), and beside them ([^;]+); both → ([^.]+)\./.exec(read("README.md")) ?? [];
    const [main = [], beside = [], after = []] = said
      .slice(1)
      .map((chain) => chain.split(" → ").map((step) => step.split(", ")));
    const below = new Map<string, Set<string>>();
    const allow = (steps: string[][], from: readonly string[]): string[] => {
      const known = [...from];
      for (const step of steps) {
        for (const folder of step) below.set(folder, new Set([...(below.get(folder) ?? []), ...known]));
        known.push(...step);
      }
      return known;
    };
    allow(after, [...new Set([...allow(main, []), ...allow(beside, [])])]);
    const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect([...below.keys()].sort()).toEqual(folders.map(({ name }) => name).sort());
    const against = filesIn("src", ".ts").flatMap((path) => {
      const [, from = "", rest] = path.split("/");
      const imports = [...read(path).matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, target = ""]) =>
        normalize(join(dirname(path), target))
          .replaceAll("\\", "/")
          .split("/"),
      );
      return imports
        .filter(([, to = "", inner]) => inner !== undefined && to !== from)
        .filter(([, to = ""]) => rest === undefined || below.get(from)?.has(to) !== true)
        .map((to) => `${path} imports ${to.join("/")}`);
    });
    expect(against).toEqual([]);
  });
});

describe("numbers that TypeScript and the contracts both have", () => {
  /** The same name for two things: places of signals, and an asset's id; bits of a lane, and of a reading. */
  const OTHERS = new Set(["SETTLEMENT_ID", "LANE_BITS"]);
  const numberOf = (text: string): bigint | undefined => {
    const found = /^([0-9_]+)n?(?: (<<|\*\*) ([0-9]+)n?)?$/.exec(text.trim());
    if (found === null) return undefined;
    const [, base = "", operation, second = ""] = found;
    const value = BigInt(base.replaceAll("_", ""));
    if (operation === undefined) return value;
    return operation === "<<" ? value << BigInt(second) : value ** BigInt(second);
  };
  const constants = (paths: readonly string[], pattern: RegExp) =>
    paths.flatMap((path) =>
      [...read(path).matchAll(pattern)].flatMap(([, name = "", text = ""]) => {
        const value = numberOf(text);
        return value === undefined ? [] : [{ path, name, value }];
      }),
    );

  it("are the same under the same name", () => {
    const solidity = constants(filesIn("contracts", ".sol"), /constant ([A-Z][A-Z0-9_]+) = ([^;]+);/g);
    const sources = ["chain", "liquidation", "solvency"]
      .flatMap((folder) => filesIn(`src/${folder}`, ".ts"))
      .filter((path) => !path.includes("/generated/"));
    const here = constants(sources, /const ([A-Z][A-Z0-9_]+)(?:: \w+)? = ([^;]+);/g);
    const shared = here.filter(
      ({ name }) => !OTHERS.has(name) && solidity.some((other) => other.name === name),
    );
    expect(shared.map(({ name }) => name)).toEqual(expect.arrayContaining(["MAX_BATCH", "ORACLE_GAS"]));
    const wrong = shared.filter(({ name, value }) =>
      solidity.every((other) => other.name !== name || other.value !== value),
    );
    expect(wrong).toEqual([]);
  });
});
