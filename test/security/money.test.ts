import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONTRACTS } from "../../src/chain/node/compile.ts";

const PAGE = readFileSync(new URL("../../docs/security/money.md", import.meta.url), "utf8");
const MOVES = section("## What moves\n", "## What moves nothing\n");
const MOVES_NOTHING = section("## What moves nothing\n", "## What the grace is worth\n");

function section(from: string, to: string): string {
  const [, rest] = PAGE.split(from);
  const [found] = rest?.split(to) ?? [];
  if (found === undefined || found === "") throw new Error(`no section ${from.trim()}`);
  return found;
}

/** The cells of a text's table rows, without heads. */
function rowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1));
}

const quoted = (cell = ""): string[] => [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = ""]) => name);

/** Every function of a deployed contract that can change something, as `Contract.function`. */
async function changing(): Promise<string[]> {
  const kebab = (name: string) => name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const found = await Promise.all(
    Object.keys(CONTRACTS).map(async (contract) => {
      const module: Record<string, readonly { type: string; name?: string; stateMutability?: string }[]> =
        await import(`../../src/chain/generated/${kebab(contract)}.ts`);
      return Object.values(module)
        .flat()
        .filter(({ type }) => type === "function")
        .filter(({ stateMutability = "" }) => !["view", "pure"].includes(stateMutability))
        .map(({ name }) => `${contract}.${name}`);
    }),
  );
  return [...new Set(found.flat())].sort();
}

describe("the page of money that moves", () => {
  const moving = rowsOf(MOVES).flatMap(([first]) => quoted(first));
  const still = rowsOf(MOVES_NOTHING).flatMap(([contract, functions]) =>
    quoted(functions).map((name) => `${quoted(contract)[0]}.${name}`),
  );

  it("has every function of the contracts that changes anything, once", async () => {
    expect([...moving, ...still].sort()).toEqual(await changing());
  });

  it("says of each that moves something who, what is proven, when and what bounds it", () => {
    for (const cells of rowsOf(MOVES)) {
      expect(cells, cells.join("|")).toHaveLength(5);
      for (const cell of cells) expect(cell.trim(), cells.join("|")).not.toBe("");
    }
  });

  it("prices the grace by the formula that it gives", () => {
    const [, text = ""] = PAGE.split("## What the grace is worth\n");
    const [head, , ...rows] = text.split("\n").filter((line) => line.startsWith("|"));
    const times = [...(head ?? "").matchAll(/cadence (\d+) s, grace (\d+) s/g)].map(
      ([, cadence, grace]) => Number(cadence) + Number(grace),
    );
    expect(times).toHaveLength(3);
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const [sigma = "", ...cells] = row.split("|").slice(1, -1);
      const yearly = Number.parseFloat(sigma) / 100;
      const expected = times.map(
        (time) => 10_000 * yearly * Math.sqrt(time / (365 * 86_400) / (2 * Math.PI)),
      );
      expect(cells.map((cell) => cell.trim())).toEqual(expected.map((points) => points.toFixed(1)));
    }
  });
});
