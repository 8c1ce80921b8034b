import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import { commands } from "../../src/cli/commands.ts";
import { describeProgram } from "../../src/cli/program.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { cli, cliJson, expectRefusal, portfolio, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const snapshot = folder.file("s.json");
const taken = {
  exit: 3,
  code: "FILE_ERROR",
  says: /exists already[\s\S]*choose another name, or give --force/,
};
beforeAll(async () => {
  await cliJson("snapshot", "build", "--rows", "60", "-o", snapshot);
});

function leaves(command: Command, path: readonly string[] = []): { name: string; command: Command }[] {
  return command.commands.flatMap((child) => {
    const names = [...path, child.name()];
    return child.commands.length > 0 ? leaves(child, names) : [{ name: names.join(" "), command: child }];
  });
}

/** Commands that never write over their results, whatever is asked: what is there may be all that opens an account, or a run to go on with. */
const NEVER = /^(?:liquidate .*|solvency run)$/;

describe("the rule for results", () => {
  it("is the same for every command that takes --output or --out", async () => {
    const all = leaves(await describeProgram(commands));
    const writing = all.filter(({ command }) =>
      command.options.some(({ long }) => long === "--output" || long === "--out"),
    );
    expect(writing.length).toBeGreaterThan(15);
    for (const { name, command } of writing) {
      const force = command.options.find(({ long }) => long === "--force");
      expect(force !== undefined, name).toBe(!NEVER.test(name));
      if (force !== undefined) expect(force.description).toContain("overwrite");
    }
  });

  it("takes the same result again for no overwriting", async () => {
    const before = readFileSync(snapshot, "utf8");
    await cliJson("snapshot", "build", "--rows", "60", "-o", snapshot);
    expect(readFileSync(snapshot, "utf8")).toBe(before);
  });

  it("keeps another result, unless it is forced", async () => {
    const other = folder.file("other.json");
    await cliJson("snapshot", "build", "--rows", "40", "-o", other);
    await expectRefusal(folder.path, ["snapshot", "build", "--rows", "41", "-o", other], taken);
    expect(loadSnapshot(other).rows).toHaveLength(40);
    await cliJson("snapshot", "build", "--rows", "41", "-o", other, "--force");
    expect(loadSnapshot(other).rows).toHaveLength(41);
  });

  it("is looked at before any work that costs: a proof, a ceremony's key, contracts, a tree, a venue, a demo", async () => {
    const file = folder.write("taken", "a result");
    const full = folder.file("full");
    mkdirSync(full);
    folder.write("full/one", "");
    const p = folder.writeJson("p.json", portfolio("desk", { USDC: "1" }));
    const key = folder.write("a.key", anvilKeys(1)[0] ?? "");
    chmodSync(key, 0o600);
    const nowhere = ["--rpc", "http://127.0.0.1:1", "--private-key-file", key];
    for (const argv of [
      ["prove", "-s", snapshot, "-p", p, "-o", file, "--opening", folder.file("opening")],
      ["setup", "4x8", "--ptau", folder.file("none.ptau"), "-o", file],
      ["ceremony", "contribute", "4x8", "--from", folder.file("none"), "-o", file, "--name", "Ada"],
      ["ceremony", "beacon", "4x8", "--from", folder.file("none"), "-o", file, "--value", "0x12"],
      ["deploy", "4x8", "--oracle", `0x${"1".repeat(40)}`, "-o", file, ...nowhere],
      ["inclusion", "build", "-a", folder.file("none"), "-o", file],
      ["solvency", "sample", "-s", snapshot, "-o", file],
      ["solvency", "sample", "-s", snapshot, "-o", folder.file("new"), "--reserves", file],
      ["demo", "--out", full],
    ])
      await expectRefusal(folder.path, argv, taken);
  });

  it("lets a forced command go on", async () => {
    const sample = folder.write("venue.jsonl", "old");
    const argv = ["solvency", "sample", "-s", snapshot, "--accounts", "4", "-o", sample];
    expect((await cli(...argv, "--force")).code).toBe(0);
    expect(readFileSync(sample, "utf8").trim().split("\n")).toHaveLength(4);
  });
});
