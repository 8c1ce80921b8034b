import { statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Field, formatField } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { accountIdOf } from "../../src/portfolio/format.ts";
import { openingFor } from "../../src/portfolio/opening-file.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { loadPortfolio } from "../../src/portfolio/portfolio-file.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { cli, cliJson, expectRefusal, type Folder, portfolio, temporaryFolder } from "./harness.ts";

const OPTION = "BTC-27FEB26-90000-C";
const NAMES = ["desk-1", "desk-2", "desk-3"] as const;
const SLOTS = [16, 64, 128] as const;

interface Proof {
  account: string;
  index: number;
  path: string[];
  salt: string;
  positions: { instrumentId: number; lots: string }[];
  instruments: { instrumentId: number; name: string; lotSize: string }[];
}

let folder: Folder;
let snapshot: string;
let root: string;
const tree = (): string => folder.file("tree");
const proofOf = (name: string): string => folder.file(`${name}.proof.json`);
const proveArguments = (name: string, output = proofOf(name)): string[] => [
  ...[
    "inclusion",
    "prove",
    "--tree",
    tree(),
    "--account",
    name,
    "--opening",
    folder.file(`${name}.opening.json`),
  ],
  ...["--portfolio", folder.file(`${name}.json`), "--snapshot", snapshot, "-o", output],
];

beforeAll(async () => {
  folder = temporaryFolder();
  snapshot = folder.file("snapshot.json");
  await cliJson("snapshot", "build", "--rows", "16", "--include", OPTION, "-o", snapshot);
  const loaded = loadSnapshot(snapshot);
  const lines = NAMES.map((name, i) => {
    folder.writeJson(`${name}.json`, portfolio(name, { [OPTION]: "-12.5", USDC: String(1000 + i) }));
    const { accountId, positions } = loadPortfolio(folder.file(`${name}.json`), loaded);
    const committed = (salt: Field) => commit(accountId, salt, slotsOf(positions, SLOTS[i] ?? 16));
    const { salt } = openingFor(folder.file(`${name}.opening.json`), accountId, committed);
    const commitment = committed(salt);
    // The account has moved on since: the tree's commitment is not the newest.
    const later = (fresh: Field) => commit(accountId, fresh, slotsOf(positions.slice(1), 16));
    openingFor(folder.file(`${name}.opening.json`), accountId, later);
    return JSON.stringify({ accountId: formatField(accountId), commitment: formatField(commitment) });
  });
  const accounts = folder.write("accounts.jsonl", `${lines.join("\n")}\n`);
  const built = await cliJson<{ root: string; accounts: number }>(
    "inclusion",
    "build",
    "-a",
    accounts,
    "-o",
    tree(),
  );
  expect(built.accounts).toBe(3);
  root = built.root;
  for (const name of NAMES) await cliJson(...proveArguments(name));
});
afterAll(() => folder.remove());

describe("ballast inclusion", () => {
  it("finds the slots of each commitment, and writes for the customer's eyes only", async () => {
    for (const [i, name] of NAMES.entries()) {
      expect(await cliJson(...proveArguments(name))).toMatchObject({ index: i, slots: SLOTS[i], root });
      expect(statSync(proofOf(name)).mode & 0o077).toBe(0);
    }
  });

  it("tells a customer what they hold, and what is proven, by the root alone", async () => {
    const { code, out } = await cli("inclusion", "check", proofOf("desk-2"), "--root", root);
    expect(code).toBe(0);
    expect(out).toMatch(/✓ account and positions lead to the root/);
    expect(out).toMatch(/holds: account desk-2 is in, at place 1, with exactly/);
    expect(out).toMatch(new RegExp(`${OPTION}\\s+short\\s+-12\\.5\\s+-125 `));
    expect(out).toMatch(/USDC\s+long\s+1001\s+100100 /);
    expect(out).toMatch(/NOT proven without --snapshot: which instrument an id is/);
    const named = await cli(
      "inclusion",
      "check",
      proofOf("desk-2"),
      "--root",
      root,
      "-s",
      snapshot,
      "--account",
      "desk-2",
    );
    expect(named.code).toBe(0);
    expect(named.out).not.toMatch(/NOT proven/);
    const json = await cliJson("inclusion", "check", proofOf("desk-2"), "--root", root);
    expect(json).toMatchObject({
      valid: true,
      index: 1,
      root,
      namesChecked: false,
      accountId: formatField(accountIdOf("desk-2")),
    });
  });

  it.each<readonly [string, (proof: Proof) => Partial<Proof>]>([
    [
      "a quantity",
      ({ positions }) => ({ positions: positions.map((one, i) => (i === 0 ? { ...one, lots: "7" } : one)) }),
    ],
    [
      "a dropped position",
      ({ positions, instruments }) => ({ positions: positions.slice(1), instruments: instruments.slice(1) }),
    ],
    ["the salt", () => ({ salt: formatField(accountIdOf("salt")) })],
    ["the place", () => ({ index: 0 })],
    ["a sibling", ({ path: [, ...path] }) => ({ path: [formatField(accountIdOf("sibling")), ...path] })],
    ["a shorter path", ({ path }) => ({ path: path.slice(0, -1) })],
    ["the account's name", () => ({ account: "desk-3" })],
  ])("says with exit code 1 that a forged proof does not hold: %s", async (_, change) => {
    const proof = folder.readJson<Proof>("desk-2.proof.json");
    const path = folder.writeJson("forged.json", { ...proof, ...change(proof) });
    const { code, out } = await cli("inclusion", "check", path, "--root", root);
    expect(code).toBe(1);
    expect(out).toMatch(/DOES NOT HOLD/);
    expect(out).not.toMatch(/USDC/);
    const json = await cli("inclusion", "check", path, "--root", root, "--json");
    expect([json.code, (JSON.parse(json.out) as { valid: boolean }).valid]).toEqual([1, false]);
  });

  it("says so for another root, another account and a wrong name of an instrument", async () => {
    const check = ["inclusion", "check", proofOf("desk-1"), "--root"];
    expect((await cli(...check, "0x1")).code).toBe(1);
    expect((await cli(...check, root, "--account", "desk-2")).code).toBe(1);
    const proof = folder.readJson<Proof>("desk-1.proof.json");
    for (const instrument of proof.instruments)
      if (instrument.name === OPTION) instrument.name = "BTC-27FEB26-95000-C";
    const renamed = folder.writeJson("renamed.json", proof);
    expect((await cli("inclusion", "check", renamed, "--root", root)).code).toBe(0);
    const { code, out } = await cli("inclusion", "check", renamed, "--root", root, "-s", snapshot);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ names and lots of the instruments are the snapshot's/);
  });

  it("refuses files that are none, without quoting them", async () => {
    const proof = folder.readJson<Proof>("desk-1.proof.json");
    for (const bad of [
      { ...proof, extra: 1 },
      { ...proof, salt: "secret-salt" },
      { ...proof, instruments: [] },
      [],
    ]) {
      const path = folder.writeJson("bad.json", bad);
      const refusal = {
        exit: 2,
        code: "INVALID_INPUT",
        says: /is not an inclusion proof[\s\S]*Ask the venue/,
      };
      const error = await expectRefusal(folder.path, ["inclusion", "check", path, "--root", root], refusal);
      expect(JSON.stringify(error)).not.toContain("secret-salt");
    }
  });

  it("makes no proof for another portfolio, opening, slots or account, and leaves no file", async () => {
    const output = folder.file("none.json");
    const refuse = (argv: string[], code: string, says: RegExp) =>
      expectRefusal(folder.path, argv, { exit: 2, code, says });
    await refuse(
      [...proveArguments("desk-1", output), "--slots", "64"],
      "INVALID_INPUT",
      /don't give the commitment/,
    );
    await refuse([...proveArguments("desk-1", output), "--slots", "256"], "INVALID_INPUT", /16, 64 or 128/);
    await refuse(
      [...proveArguments("desk-1", output), "--account", "desk-2"],
      "INVALID_INPUT",
      /another account/,
    );
    const other = [...proveArguments("desk-1", output), "--opening", folder.file("desk-2.opening.json")];
    await refuse(other, "INVALID_INPUT", /another account/);
    folder.writeJson("more.json", portfolio("desk-1", { USDC: "5" }));
    const richer = [...proveArguments("desk-1", output), "--portfolio", folder.file("more.json")];
    await refuse(richer, "INVALID_INPUT", /don't give the commitment/);
    folder.writeJson("desk-9.json", portfolio("desk-9", { USDC: "5" }));
    openingFor(folder.file("desk-9.opening.json"), accountIdOf("desk-9"), (salt) =>
      commit(accountIdOf("desk-9"), salt, slotsOf([], 16)),
    );
    await refuse(proveArguments("desk-9", output), "UNKNOWN_ACCOUNT", /is not in the tree/);
  });

  it("updates and verifies a tree, and refuses a damaged or doubled one", async () => {
    const line = (name: string): string =>
      JSON.stringify({
        accountId: formatField(accountIdOf(name)),
        commitment: formatField(accountIdOf("c")),
      });
    const copy = folder.file("copy");
    await cliJson("inclusion", "build", "-a", folder.file("accounts.jsonl"), "-o", copy);
    const changes = folder.write("changes.jsonl", `${line("desk-1")}\n${line("desk-4")}\n`);
    const updated = await cliJson("inclusion", "update", "-t", copy, "-a", changes);
    expect(updated).toMatchObject({ changed: 1, added: 1, accounts: 4 });
    expect(await cliJson("inclusion", "verify", copy)).toMatchObject({ valid: true, root: updated["root"] });
    const twice = folder.write("twice.jsonl", `${line("desk-1")}\n${line("desk-1")}\n`);
    await expectRefusal(folder.path, ["inclusion", "build", "-a", twice, "-o", folder.file("t")], {
      exit: 2,
      code: "DUPLICATE_ACCOUNT",
      says: new RegExp(`${formatField(accountIdOf("desk-1"))} stands twice`),
    });
    await expectRefusal(folder.path, ["inclusion", "verify", changes], {
      exit: 2,
      code: "INVALID_INPUT",
      says: /not an accounts tree/,
    });
  });
});
