import { readdirSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { describeProgram } from "../../src/cli/program.ts";
import { cli, cliProcess } from "./harness.ts";

/** Every command that does something, as a path of names, with its options and arguments. */
function leaves(command: Command, path: readonly string[] = []): { path: string[]; command: Command }[] {
  return command.commands.flatMap((child) => {
    const name = [...path, child.name()];
    return child.commands.length > 0 ? leaves(child, name) : [{ path: name, command: child }];
  });
}
const program = await describeProgram(commands);
const all = leaves(program).map(({ path, command }) => ({ name: path.join(" "), path, command }));

describe("--help", () => {
  it("lists all commands and the exit codes", async () => {
    const { code, out, err } = await cli("--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const { path } of all) expect(out).toMatch(new RegExp(`^  ${path[0]}\\b`, "m"));
    for (const line of [
      /0 +done/,
      /1 +the answer is no/,
      /2 +wrong input/,
      /3 +something outside/,
      /70 +a bug/,
    ])
      expect(out).toMatch(line);
    expect(out).toMatch(/unaudited/i);
  });

  it.each(all)("$name names its options and arguments", async ({ path, command }) => {
    const { code, out, err } = await cli(...path, "--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(command.description()).not.toBe("");
    expect(out.replace(/\s+/g, " ")).toContain(command.description());
    const flags = command.options.flatMap(({ long, short }) => [long, short].flatMap((flag) => flag ?? []));
    for (const flag of [...flags, "--json", "--quiet", "--help"]) expect(out).toContain(flag);
    for (const argument of command.registeredArguments) expect(out).toContain(argument.name());
  });

  it.each(["snapshot", "ceremony", "liquidate", "oracle"])("%s shows its commands", async (group) => {
    const { code, out } = await cli(group, "--help");
    expect(code).toBe(0);
    for (const { path } of all.filter((leaf) => leaf.path[0] === group)) expect(out).toContain(path[1]);
  });

  it("liquidate tells every role its commands, and none that doesn't exist", async () => {
    const { out } = await cli("liquidate", "--help");
    const roles = out.slice(out.indexOf("role by role"));
    const own = all.filter(({ path }) => path[0] === "liquidate").map(({ path }) => path[1] ?? "");
    const lists = [...roles.matchAll(/^ {2}(?:anyone|venue|customer|liquidator|operator|owner) +(.*)$/gm)];
    expect(lists).toHaveLength(6);
    const named = lists.flatMap(([, text = ""]) =>
      text
        .replace(/; guardian:/, ",")
        .split(/[ ,]+/)
        .filter((name) => name !== ""),
    );
    expect(named.filter((name) => !own.includes(name))).toEqual([]);
    for (const name of ["take-over", "deleverage", "disclose", "settle", "buy"])
      expect(named).toContain(name);
  });

  const proving = all.filter(({ command }) => command.options.some(({ long }) => long === "--circuit"));
  it.each(proving.filter(({ path }) => path[0] === "liquidate"))(
    "$name says more than its options",
    async ({ path }) => {
      const { out } = await cli(...path, "--help");
      const options = out.indexOf("--help");
      expect(out.slice(options).split("\n").slice(1).join("").trim().length).toBeGreaterThan(30);
    },
  );

  const docs = new URL("../../docs/", import.meta.url);
  const pages = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".md"),
  );
  const readPage = (name: string) => readFileSync(new URL(name, docs), "utf8");
  /** Lines of a page's blocks for a shell that call `ballast`. */
  const usedIn = (text: string): string[] =>
    [...text.matchAll(/^```sh[ a-z]*\n([\s\S]*?)^```/gm)]
      .flatMap(([, block = ""]) => block.replaceAll("\\\n", " ").split(/[\n;|]/))
      .map((line) => line.replace(/#.*/, "").trim())
      .filter((line) => line.startsWith("ballast "));

  it("is what documents say: their commands and options exist", () => {
    const used = pages.flatMap((page) => usedIn(readPage(page)));
    expect(used.length).toBeGreaterThan(120);
    for (const line of used) {
      const said = line.split(/\s+/).slice(1);
      // `ballast devnet FOLDER` starts one.
      const words =
        said[0] === "devnet" && !["move", "serve"].includes(said[1] ?? "")
          ? ["devnet", "start", ...said.slice(1)]
          : said;
      const found = all.filter(({ path }) => path.every((name, i) => words[i] === name));
      expect(found, line).toHaveLength(1);
      const flags = found[0]?.command.options.flatMap(({ long, short }) => [long, short]) ?? [];
      for (const [flag] of line.replace(/'[^']*'/g, "").matchAll(/(?<=\s)--?[a-z][a-z-]*/g))
        expect([...flags, "--json"], line).toContain(flag);
    }
  });

  it("of every command of liquidate is explained by role", () => {
    const text = readPage("operate/liquidation.md");
    for (const { name, path } of all.filter(({ path: [first] }) => first === "liquidate"))
      expect(text, name).toMatch(new RegExp(`liquidate ${path.slice(1).join(" ")}\\b|\`${path[1]}\``));
  });

  it("prints the version", async () => {
    expect(await cli("--version")).toEqual({ code: 0, out: "0.0.0-test\n", err: "" });
  });
});

describe("wrong usage", () => {
  const cases: readonly (readonly [string, string[], RegExp])[] = [
    ["an unknown command", ["prov"], /unknown command 'prov'/],
    ["an unknown option", ["margin", "-s", "x", "-p", "y", "--exact"], /unknown option '--exact'/],
    ["a missing option", ["margin", "-s", "x"], /required option '-p, --portfolio <file>' not specified/],
    ["an option without its value", ["snapshot", "build", "--rows"], /option '--rows <n>' argument missing/],
    ["a missing argument", ["verify"], /missing required argument 'proof'/],
    ["an argument too many", ["margin", "-s", "x", "-p", "y", "z"], /too many arguments/],
    ["an unknown command of a group", ["snapshot", "make"], /unknown command 'make'/],
  ];

  it.each(cases)("%s exits 2 and says how to go on", async (_, argv, says) => {
    const { code, out, err } = await cli(...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(says);
    expect(err).toContain("--help");
  });

  it.each(cases)("%s is JSON and nothing else with --json", async (what, argv, says) => {
    // Before the option that lacks its value: after it, --json would be that value.
    const at = what.startsWith("an option without") ? -1 : argv.length;
    const { code, out, err } = await cli(...argv.toSpliced(at, 0, "--json"));
    expect({ code, err }).toEqual({ code: 2, err: "" });
    const { error } = JSON.parse(out) as { error: { code: string; message: string; hint: string } };
    expect(error.code).toBe("INVALID_INPUT");
    expect(error.message).toMatch(says);
    expect(error.hint).toContain("--help");
  });

  it("shows the commands when none is given", async () => {
    const { code, out, err } = await cli();
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("Exit codes:");
    const json = await cli("--json");
    expect(json.code).toBe(2);
    expect(json.err).toBe("");
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: "INVALID_INPUT" } });
  });
});

describe("the real process", () => {
  it("exits 0 with results on stdout alone", () => {
    const { status, stdout, stderr } = cliProcess(["--version"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("exits 2 for wrong input and 3 for a file that isn't there, errors on stderr alone", () => {
    const usage = cliProcess(["nothing"]);
    expect({ status: usage.status, stdout: usage.stdout }).toEqual({ status: 2, stdout: "" });
    expect(usage.stderr).toContain("unknown command 'nothing'");
    const missing = cliProcess(["snapshot", "verify", "nowhere.json"]);
    expect({ status: missing.status, stdout: missing.stdout }).toEqual({ status: 3, stdout: "" });
    expect(missing.stderr).toContain("nowhere.json");
  });

  it("prints errors as JSON on stdout alone with --json", () => {
    const { status, stdout, stderr } = cliProcess(["snapshot", "verify", "nowhere.json", "--json"]);
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "FILE_ERROR" } });
  });
});
