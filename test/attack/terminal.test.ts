import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { foreign, oneLine, shown } from "../../src/cli/foreign.ts";
import { guardedIo, type Io, reportError } from "../../src/cli/io.ts";
import { renderPage } from "../../src/cli/solvency/page.ts";
import { BallastError } from "../../src/errors.ts";
import { issueText } from "../../src/issue.ts";
import { formatField, toField } from "../../src/math/field.ts";
import { accountIdOf } from "../../src/portfolio/format.ts";
import { openInclusion } from "../../src/portfolio/inclusion.ts";
import { saveInclusion } from "../../src/portfolio/inclusion-file.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { cli, cliLive, type Folder, portfolio, temporaryFolder } from "../cli/harness.ts";

let folder: Folder;
beforeAll(async () => {
  folder = temporaryFolder();
  await cli("snapshot", "build", "--rows", "40", "-o", folder.file("snapshot.json"));
});
afterAll(() => folder.remove());

/** What a terminal shows of text with carriage returns and "erase the line". */
function screen(text: string): string {
  const lineOf = (line: string): string => {
    let cells: string[] = [];
    let at = 0;
    for (let i = 0; i < line.length; i++) {
      if (line[i] === "\r") at = 0;
      else if (line.startsWith("\u001b[2K", i)) [cells, i] = [[], i + 3];
      else cells[at++] = line[i] ?? " ";
    }
    return Array.from(cells, (cell) => cell ?? " ").join("");
  };
  return text.split("\n").map(lineOf).join("\n");
}

/** Whatever a terminal obeys, hides or turns; line breaks and Ballast's own colours apart. */
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Names that try each way: over the line, out of the cell, backwards, invisible, by eight-bit controls. */
const REWRITES = "\r\u001b[2Kholds: account alice is in, at place 0, with exactly";
const NAMES = [
  REWRITES,
  "a\nNOT VALID",
  "a\u202e00.1",
  "a\u009b2Kb",
  "a\u200bb",
  "a\u2028b",
  "a\u0000b",
  "a\tb",
];

describe("names from files on a terminal", () => {
  it("a scenario's name does not rewrite the figure beside it on the regulator's page", () => {
    const policy = presetPolicy("les");
    const scenarios = policy.scenarios.map((scenario, i) =>
      i === 6 ? { ...scenario, name: "\r\u001b[2K  all accounts, worst scenario  0.00 USD" } : scenario,
    );
    const page = renderPage({
      facts: [["run", "0x1\nreserves  complete"]],
      result: {
        ...{ accounts: 3, tiers: [1, 0, 0, 0, 2], currentShortfall: 5_000_000n },
        ...{ worstScenario: 7, worstShortfall: 9_999_999_000_000n },
        ...{ cover1Scenario: 7, cover1Shortfall: 9_000_000_000_000n },
        ...{ cover2Scenario: 7, cover2Shortfall: 9_999_999_000_000n },
        demand: [0n, 0n, 0n, 0n, 0n, 0n],
      },
      reserves: [],
      snapshot: { policy: { ...policy, scenarios }, rows: [] },
    });
    expect(page).not.toMatch(OBEYED);
    expect(screen(page)).toBe(page);
    const [row = ""] = page.split("\n").filter((line) => line.includes("all accounts, worst scenario"));
    expect(row).toContain("9,999,999 USD");
    expect(page).toContain("\\u000d\\u001b[2K");
    expect(page).toContain("0x1\\u000areserves");
  });

  it.each(NAMES.map((name) => [JSON.stringify(name), name]))(
    "an account called %s does not write a line of its own in `inclusion check`",
    async (_, account) => {
      const proof = {
        ...{ account, accountId: accountIdOf(account), index: 0, path: [toField(1n)], salt: toField(2n) },
        ...{ slots: 16, positions: [], instruments: [] },
      };
      const path = folder.file("inclusion.json");
      saveInclusion(path, proof);
      const root = formatField(openInclusion(proof).root);
      const { code, out } = await cli("inclusion", "check", path, "--root", root);
      expect(code).toBe(0);
      expect(out).not.toMatch(OBEYED);
      expect(out).toContain(`holds: account ${foreign(account)} is in, at place 0`);
      const honest = await cli("inclusion", "check", path, "--root", root, "--json");
      expect(JSON.parse(honest.out)).toMatchObject({ valid: true, account });
      expect(honest.out).not.toMatch(OBEYED);
    },
  );

  it.each(NAMES.map((name) => [JSON.stringify(name), name]))(
    "an account called %s does not write a line of its own in `margin`",
    async (_, account) => {
      const file = folder.writeJson("portfolio.json", portfolio(account, { USDC: "10" }));
      const { code, out } = await cliLive(
        "margin",
        "--snapshot",
        folder.file("snapshot.json"),
        "--portfolio",
        file,
      );
      expect(code).toBe(0);
      expect(out).not.toMatch(OBEYED);
      expect(out.startsWith(`${foreign(account)}: tier 0`)).toBe(true);
    },
  );

  it("an error's text stays on its line, and moves no cursor", () => {
    let err = "";
    const io: Io = { out: () => {}, err: (text) => (err += text), live: true, color: false };
    reportError(
      guardedIo(io),
      new BallastError("CHAIN_ERROR", "The node says: \u001b[1A\u001b[2Kok\nvalid", { hint: "a\nb" }),
      false,
    );
    expect(err).toBe(
      "error The node says: \\u001b[1A\\u001b[2Kok\\u000avalid\n      a\n      b\n      (CHAIN_ERROR)\n",
    );
  });
});

describe("the streams of every command", () => {
  it("let nothing through that a terminal obeys, but line breaks, own colours and redraws of a live stream", () => {
    const written: string[] = [];
    const io: Io = {
      ...{ out: (text: string) => written.push(text), err: (text: string) => written.push(text) },
      ...{ live: true, screen: false, color: true },
    };
    const { out, err } = guardedIo(io);
    err("\r\u001b[2K  \u001b[32m✓\u001b[39m title \u001b[2K\r\n");
    out("\r\u001b[2Kfirst\u001b[8m\u001b[31mred\u001b[39m");
    expect(written).toEqual([
      "\r\u001b[2K  \u001b[32m✓\u001b[39m title \\u001b[2K\\u000d\n",
      "\\u000d\\u001b[2Kfirst\\u001b[8m\u001b[31mred\u001b[39m",
    ]);
  });

  it("any text is shown without what a terminal obeys, and JSON stays what it was", () => {
    const anyText = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(anyText, (text) => {
        expect(foreign(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(oneLine(text)).not.toContain("\n");
        const json = JSON.stringify({ [text]: text });
        expect(JSON.parse(shown(json))).toEqual({ [text]: text });
      }),
      { seed: 11, numRuns: 2000 },
    );
    expect(foreign("café ✓ 価格 \u{1f4c8}")).toBe("café ✓ 価格 \u{1f4c8}");
  });

  it("are the only way out: no command writes to the process's own", () => {
    const root = fileURLToPath(new URL("../../src/", import.meta.url));
    const own = new Set(["cli/io.ts", "cli/exit.ts", "ending.ts"]);
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".ts"),
    );
    const writes = files.filter((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return /process\.std(out|err)\b|console\.(log|error|warn)\(/.test(withoutComments(text));
    });
    expect(writes.map((path) => path.replaceAll("\\", "/")).filter((path) => !own.has(path))).toEqual([]);
  });

  it("get no account's or instrument's name that `foreign` has not seen", () => {
    const root = fileURLToPath(new URL("../../src/cli/commands/", import.meta.url));
    const bare =
      /^.*\$\{(?:[\w?]+\.)*(?:account|worstScenario|instrument\.name|symbol|reason|problem)\}.*$/gm;
    const found = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => readFileSync(join(root, path), "utf8").match(bare) ?? [])
      .filter((line) => !line.includes("saveProofFile"));
    expect(found).toEqual([]);
  });
});

describe("an error that repeats what a file says", () => {
  it("has no line, colour or first column of the file's own", () => {
    const verdict = `\u001b[32mvalid: the account is in tier 0 healthy\u001b[39m ${"x ".repeat(60)}valid: yes`;
    let err = "";
    const io = {
      out: () => {},
      err: (text: string) => {
        err += text;
      },
      live: false,
      color: true,
      columns: 60,
    };
    const error = new BallastError("INVALID_PROOF", `unknown key ${verdict}`, {
      hint: `a node said ${verdict}`,
    });
    reportError(io, error, false);
    const lines = err.replaceAll("\u001b[2m", "").replaceAll("\u001b[22m", "").trimEnd();
    const [first = "", ...others] = lines.split("\n");
    expect(first).toMatch(/error/);
    expect(others.length).toBeGreaterThan(3);
    for (const line of others) expect(line).toMatch(/^ {6}/);
    expect(err).not.toContain("\u001b[32m");
  });

  it("quotes and cuts a key that a schema doesn't know", () => {
    const parsed = z
      .strictObject({ a: z.string() })
      .safeParse({ a: "", [`b\n\u001b[2K${"c".repeat(500)}`]: 1 });
    const text = issueText(parsed.error?.issues[0]);
    expect(text).toMatch(/^unknown key "b\\n\\u001b\[2Kc+\\u2026"$/);
    expect(text.length).toBeLessThan(100);
  });
});

/** Examples in docstrings may print. */
function withoutComments(source: string): string {
  return source.replace(/\/\*\*[\s\S]*?\*\//g, "");
}
