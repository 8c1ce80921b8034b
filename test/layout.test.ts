import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { below, CLOSED, DOORS, LAYERS, mayUseNode } from "../scripts/layers.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(extension) || path.endsWith(`${extension}x`))
    .map((path) => join(folder, path).replaceAll("\\", "/"));
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** What a file of src/ imports of src/. */
function importsOf(path: string): string[] {
  return [...read(path).matchAll(/(?:from|import\(|import) ?"(\.[^"]+)"/g)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)).replaceAll("\\", "/"),
  );
}

describe("the folders of src", () => {
  const sources = filesIn("src", ".ts");
  const folderOf = (path: string): string | undefined => {
    const [, folder, rest] = path.split("/");
    return rest === undefined ? undefined : folder;
  };

  it("are those of the table in scripts/layers.ts", () => {
    const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(Object.keys(LAYERS).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it("import one way, as the table says", () => {
    const open = new Set(Object.keys(LAYERS).filter((folder) => !CLOSED.includes(folder)));
    const allowed = (path: string): ReadonlySet<string> => {
      const folder = folderOf(path);
      if (folder !== undefined) return new Set([folder, ...below(folder)]);
      return DOORS.some((door) => path === `src/${door}`) ? open : new Set();
    };
    const against = sources.flatMap((path) =>
      importsOf(path)
        .filter((target) => {
          const folder = folderOf(target);
          return folder === undefined
            ? DOORS.some((door) => target === `src/${door}`)
            : !allowed(path).has(folder);
        })
        .map((target) => `${path} imports ${target}`),
    );
    expect(against).toEqual([]);
  });

  it("run in a browser but for those that may use Node, which the rest doesn't import", () => {
    const NODE =
      /(?:from|import\(|import) ?"node:|\b(?:Buffer|process|__dirname|__filename|setImmediate)\b(?=[.([])|import\.meta/;
    const code = (path: string): string => read(path).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, "");
    const against = sources
      .filter((path) => !mayUseNode(path))
      .flatMap((path) => [
        ...(NODE.test(code(path)) ? [`${path} uses Node`] : []),
        ...importsOf(path)
          .filter(mayUseNode)
          .map((target) => `${path} imports ${target}`),
      ]);
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
