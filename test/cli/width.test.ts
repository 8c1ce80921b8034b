import type { Command } from "commander";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { fold, shownWidth } from "../../src/cli/fold.ts";
import { table, tierText } from "../../src/cli/format.ts";
import { describeProgram, runCli } from "../../src/cli/program.ts";
import { usd } from "../../src/display.ts";

const program = await describeProgram(commands);

/** Every command and every group, as a path of names. */
function paths(command: Command, path: readonly string[] = []): string[][] {
  return [path, ...command.commands.flatMap((child) => paths(child, [...path, child.name()]))].map((one) => [
    ...one,
  ]);
}
const all = paths(program).map((path) => ({ name: ["ballast", ...path].join(" "), path }));
const leaves = all.filter(({ path }) => commandAt(path).commands.length === 0);

function commandAt(path: readonly string[]): Command {
  return path.reduce((at, name) => {
    const found = at.commands.find((child) => child.name() === name);
    if (found === undefined) throw new Error(`${name} is no command.`);
    return found;
  }, program);
}

async function helpOf(path: readonly string[], columns: number): Promise<string> {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const io = { out: write, err: write, live: false, color: false, columns };
  expect(await runCli([...path, "--help"], io, commands, "0")).toBe(0);
  return text;
}

/** Lines that are too long and could be broken: neither a command to paste nor one word alone. */
function tooLong(text: string, width: number): string[] {
  return text
    .split("\n")
    .filter((line) => shownWidth(line) > width && !/^ *\$ /.test(line) && line.trim().includes(" "));
}

describe("80 columns", () => {
  it.each(all)("hold $name --help", async ({ path }) => {
    for (const columns of [80, 60]) expect(tooLong(await helpOf(path, columns), columns)).toEqual([]);
  });

  const cell = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.lorem({ maxCount: 30 }),
    fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((value) => usd(String(value), 2)),
    fc.constantFrom(
      `0x${"ab".repeat(32)}`,
      "BTC-27MAR26-100000-C",
      tierText(4, true),
      tierText(2, true),
      "",
      "two\nlines",
    ),
  );
  const content = fc
    .integer({ min: 1, max: 10 })
    .chain((count) =>
      fc.tuple(
        fc.array(fc.lorem({ maxCount: 3 }), { minLength: count, maxLength: count }),
        fc.array(fc.array(cell, { minLength: count, maxLength: count }), { maxLength: 4 }),
        fc.uniqueArray(fc.integer({ min: 0, max: count - 1 })),
        fc.integer({ min: 40, max: 140 }),
      ),
    );

  it("hold any table; no word of it is lost or broken", () => {
    fc.assert(
      fc.property(content, ([head, rows, right, width]) => {
        const text = table(head, rows, right, width);
        expect(tooLong(text, width)).toEqual([]);
        for (const word of rows.flat().flatMap((value) => value.split(/[ \n]+/)))
          expect(text).toContain(word);
      }),
      { seed: 20_260_211, numRuns: 400 },
    );
  });

  it("hold any text; no word of it is lost, and a command to paste stays whole", () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 40 }), fc.integer({ min: 0, max: 12 }), (words, indent) => {
        const line = " ".repeat(indent) + words;
        const folded = fold(line, 60);
        expect(tooLong(folded, 60)).toEqual([]);
        expect(folded.split(/\s+/).join(" ").trim()).toBe(words);
        for (const part of folded.split("\n")) expect(part.startsWith(" ".repeat(indent))).toBe(true);
        expect(fold(`  $ ballast ${words}`, 60)).toBe(`  $ ballast ${words}`);
      }),
      { seed: 20_260_211, numRuns: 200 },
    );
  });

  it("break text under the column that it stands in", () => {
    expect(fold("  venue     register, update, disclose", 24)).toBe(
      "  venue     register,\n            update,\n            disclose",
    );
  });

  it("keep a table as it is where there is room, and make a list of it where there is none", () => {
    const head = ["asset", "token"];
    const rows = [["USDC", `0x${"12".repeat(20)}`]];
    expect(table(head, rows, [], 80).split("\n")).toHaveLength(5);
    expect(table(head, rows, [], 40)).toBe(
      ["─".repeat(40), "asset  USDC", "token", `  0x${"12".repeat(20)}`, "─".repeat(40)].join("\n"),
    );
  });

  it("colour every line of a text that is coloured", () => {
    const text = table(["", ""], [["x".repeat(30), tierText(2, true)]], [], 42);
    for (const line of text.split("\n").filter((part) => /soft|liquidation/.test(part)))
      expect([line.includes("\u001b[31m"), line.endsWith("\u001b[39m")]).toEqual([true, true]);
  });
});

describe("examples", () => {
  it.each(leaves)("of $name are in its help, and parse", async ({ path }) => {
    const help = await helpOf(path, Number.POSITIVE_INFINITY);
    const examples = [...help.slice(help.indexOf("For example:")).matchAll(/^ {2}\$ (.*)$/gm)].map(
      ([, line = ""]) => line,
    );
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const words = /ballast (.*?)(?:\)"| > \S+)?$/.exec(example)?.[1] ?? "";
      expect(words.startsWith(path.join(" ").replace(/^devnet start$/, "devnet")), example).toBe(true);
      const argv = [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
        ([, single, double, plain]) => single ?? double ?? plain ?? "",
      );
      let ran = 0;
      const fresh = await describeProgram(commands, async () => {
        ran++;
      });
      quiet(fresh);
      await fresh.parseAsync(argv, { from: "user" });
      expect(ran, example).toBe(1);
    }
  });
});

/** Errors are thrown, and what the environment gives is not missed. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of command.options)
    if (["--rpc", "--deployment", "--snapshot"].includes(option.long ?? ""))
      option.makeOptionMandatory(false);
  for (const child of command.commands) quiet(child);
}
