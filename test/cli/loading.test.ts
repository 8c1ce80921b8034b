import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { describeProgram } from "../../src/cli/program.ts";
import { temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

/** What the real process loads: packages by name, and own modules by their path under src. */
function loadedBy(...argv: string[]) {
  return loadedIn(fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url)), ...argv);
}

function loadedIn(...argv: string[]): { packages: Set<string>; own: string[]; status: number | null } {
  const log = folder.write("loaded", "");
  const recorder = new URL("record-modules.mjs", import.meta.url).href;
  const { status } = spawnSync(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--import", recorder, ...argv],
    { env: { ...process.env, LOADED: log } },
  );
  const urls = readFileSync(log, "utf8").split("\n");
  const packages = urls.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.slice(1) ?? []);
  const own = urls.flatMap((url) => /\/src\/([^?]+)/.exec(url)?.slice(1) ?? []);
  return { packages: new Set(packages), own, status };
}

/** What takes long to load: a chain's client, two libraries of proofs and what they bring. */
const HEAVY = [
  "viem",
  "ethers",
  "snarkjs",
  "circomlibjs",
  "ffjavascript",
  "zod",
  "csv-parse",
  "@hpke/core",
  "highs",
];

describe("what a command loads", () => {
  it.each([["--version"], ["--help"], ["help"], ["nothing"]])("%s loads no command", (...argv) => {
    const { packages, own } = loadedBy(...argv);
    expect(own).toContain("cli/program.ts");
    expect(own.filter((path) => path.startsWith("cli/commands/"))).toEqual([]);
    expect(HEAVY.filter((name) => packages.has(name))).toEqual([]);
  });

  it("margin --help loads margin alone, and no chain's client or prover", () => {
    const { packages, own, status } = loadedBy("margin", "--help");
    expect(status).toBe(0);
    expect(own.filter((path) => path.startsWith("cli/commands/"))).toEqual(["cli/commands/margin.ts"]);
    expect(own.filter((path) => path === "chain/client.ts")).toEqual([]);
    for (const name of ["ethers", "snarkjs", "circomlibjs", "ffjavascript", "@hpke/core"])
      expect(packages).not.toContain(name);
  });

  it("no command loads the libraries of proofs before it works with them", () => {
    const table = new URL("../../src/cli/commands.ts", import.meta.url).href;
    const all = folder.write(
      "all.mjs",
      `const { commands } = await import(${JSON.stringify(table)});
for (const { load } of commands) await load();`,
    );
    const { packages, own, status } = loadedIn(all);
    expect(status).toBe(0);
    expect(own).toContain("cli/commands/demo.ts");
    for (const name of ["ethers", "snarkjs", "circomlibjs", "ffjavascript"])
      expect(packages).not.toContain(name);
  });
});

describe("the table of commands", () => {
  it.each(commands)("says of $name what the command says of itself", async (entry) => {
    const { name, summary } = entry;
    const program = await describeProgram([entry]);
    expect(program.commands.map((command) => [command.name(), command.description()])).toEqual([
      [name, summary],
    ]);
  });
});
