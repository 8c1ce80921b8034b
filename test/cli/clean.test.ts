import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeLeftovers } from "../../src/node/leftovers.ts";
import { circuitsInUse } from "../../src/prover/node/artifacts.ts";
import { cli, cliJson, type Folder, temporaryFolder } from "./harness.ts";

let folder: Folder;
let home: string;
let temporary: string;
const { BALLAST_HOME, TMPDIR } = process.env;
beforeEach(() => {
  folder = temporaryFolder();
  home = folder.file("home");
  temporary = folder.file("tmp");
  mkdirSync(temporary, { recursive: true });
  process.env["BALLAST_HOME"] = home;
  process.env["TMPDIR"] = temporary;
});
afterEach(() => {
  for (const [name, value] of Object.entries({ BALLAST_HOME, TMPDIR })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  folder.remove();
});

/** The id of a process that has ended. */
const gone = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

/** A file of 1,000 bytes, `hours` old; a path that ends with a slash is a folder with one. */
function made(path: string, hours: number): string {
  const isFolder = path.endsWith("/");
  const file = isFolder ? join(path, "out", "x.r1cs") : path;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "x".repeat(1000));
  const time = Date.now() / 1000 - hours * 3600;
  for (const part of isFolder ? [file, dirname(file), path] : [file]) utimesSync(part, time, time);
  return isFolder ? path.slice(0, -1) : path;
}

const unfinished = (name: string, pid: number): string => `${name}.${pid}-0123abcd.tmp`;

interface Cleaned {
  readonly freed: number;
  readonly items: readonly { readonly path: string; readonly done: string; readonly why: string | null }[];
  readonly kept: Record<"circuits" | "keys", { readonly count: number; readonly bytes: number }>;
}

describe("ballast clean", () => {
  it("removes what processes that are gone left unfinished, and nothing else", async () => {
    const stage = made(`${join(home, "circuits", unfinished("a-1", gone()))}/`, 2);
    const key = made(join(home, "keys", "abc", unfinished("b.zkey", gone())), 2);
    const witness = made(`${join(temporary, `ballast-${gone()}-aBcD12`)}/`, 2);
    const young = made(`${join(home, "circuits", unfinished("a-2", gone()))}/`, 0);
    const used = made(`${join(home, "circuits", unfinished("a-3", process.ppid))}/`, 2);
    const reused = made(`${join(home, "circuits", unfinished("a-4", process.ppid))}/`, 48);
    const kept = [
      made(join(home, "keys", "abc", "b.zkey"), 1000),
      made(join(home, "circuits", "a-1", "a.r1cs"), 1000),
      made(join(home, "mine.tmp"), 1000),
      made(join(temporary, "ballast-chain-aBcD12", "x"), 1000),
      made(folder.file(unfinished("elsewhere", gone())), 1000),
    ];
    const removed = [stage, key, witness, reused];

    const plan = await cliJson<Cleaned>("clean", "--dry-run");
    expect(
      plan.items
        .filter(({ done }) => done === "would be removed")
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...removed].sort());
    expect(plan.freed).toBe(4000);
    expect([...removed, young, used, ...kept].filter((path) => !existsSync(path))).toEqual([]);

    const people = await cli("clean", "--dry-run");
    expect(people.code).toBe(0);
    expect(people.out).toMatch(/would be removed/);
    expect(people.out).toMatch(/to be freed: 4\.0 kB/);

    const { freed, items, kept: left } = await cliJson<Cleaned>("clean");
    expect(freed).toBe(4000);
    expect(removed.filter((path) => existsSync(path))).toEqual([]);
    expect([young, used, ...kept].filter((path) => !existsSync(path))).toEqual([]);
    const why = new Map(items.map((item) => [item.path, item.why]));
    expect(why.get(used)).toBe(`process ${process.ppid} is alive`);
    expect(why.get(young)).toMatch(/^written .* ago$/);
    expect(left).toEqual({ circuits: { count: 1, bytes: 1000 }, keys: { count: 1, bytes: 1000 } });
  });

  it("takes an age, and further folders", async () => {
    const tree = made(folder.file(`out/run/${unfinished("tree.bin", gone())}`), 0);
    expect((await cliJson<Cleaned>("clean", folder.file("out"))).items).toMatchObject([{ done: "left" }]);
    expect((await cliJson<Cleaned>("clean", folder.file("out"), "--older-than", "0")).freed).toBe(1000);
    expect(existsSync(tree)).toBe(false);
    const { code, err } = await cli("clean", "--older-than", "soon");
    expect(code).toBe(2);
    expect(err).toMatch(/--older-than takes a whole number/);
  });

  it("removes circuits of other sources only when it is asked to, and never one in use", async () => {
    const [current = ""] = circuitsInUse();
    const inUse = made(join(current, "x.r1cs"), 1000);
    const old = made(`${join(home, "circuits", "coverage_4x8_s5k2-0000000000000000")}/`, 1000);
    expect((await cliJson<Cleaned>("clean")).items).toEqual([]);
    expect(existsSync(old)).toBe(true);
    expect((await cliJson<Cleaned>("clean", "--circuits")).items).toMatchObject([
      { path: old, done: "removed" },
    ]);
    expect([existsSync(old), existsSync(inUse)]).toEqual([false, true]);
  });

  it("finds nothing in a home that is not there", async () => {
    const { code, out } = await cli("clean");
    expect(code).toBe(0);
    expect(out).toMatch(/freed: 0 B\nkept: 0 compiled circuits/);
    expect(existsSync(home)).toBe(false);
  });

  it("is done in part by every compilation", () => {
    const stage = made(`${join(home, "circuits", unfinished("a-1", gone()))}/`, 2);
    expect(removeLeftovers([home]).map(({ path }) => path)).toEqual([stage]);
    expect(readdirSync(join(home, "circuits"))).toEqual([]);
  });
});
