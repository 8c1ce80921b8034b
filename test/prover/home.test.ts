import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { writeFileAtomic } from "../../src/files.ts";
import { ballastHome } from "../../src/prover/home.ts";
import { withLock } from "../../src/prover/lock.ts";
import { errorOf, useTemporaryHome } from "./toy.ts";

const home = useTemporaryHome();

describe("BALLAST_HOME", () => {
  it("is .ballast in the working folder unless it is set", () => {
    expect(ballastHome()).toBe(home);
    process.env["BALLAST_HOME"] = "";
    expect(ballastHome()).toBe(resolve(".ballast"));
    process.env["BALLAST_HOME"] = home;
  });
});

describe("an atomic write", () => {
  it("makes folders, sets the mode, replaces, and leaves nothing else", () => {
    const path = join(home, "a", "b", "file.txt");
    writeFileAtomic(path, "one", 0o600);
    writeFileAtomic(path, "two", 0o600);
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, "a", "b"))).toEqual(["file.txt"]);
  });

  it("says when it can't, and keeps what was there", () => {
    const folder = join(home, "a-folder");
    mkdirSync(join(folder, "inside"), { recursive: true });
    expect(() => writeFileAtomic(folder, "x")).toThrowError(expect.objectContaining({ code: "FILE_ERROR" }));
    expect(existsSync(join(folder, "inside"))).toBe(true);
    expect(readdirSync(home).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("a lock", () => {
  it("lets one in at a time, and is gone afterwards, also after a failure", async () => {
    const path = join(home, "x.lock");
    const order: string[] = [];
    const job = (name: string) =>
      withLock(path, async () => {
        order.push(`${name} in`);
        await sleep(20);
        order.push(`${name} out`);
        if (name === "a") throw new Error("broken");
      });
    const a = errorOf(() => job("a"));
    await Promise.all([a, job("b")]);
    expect(order).toEqual(["a in", "a out", "b in", "b out"]);
    expect(existsSync(path)).toBe(false);
  });

  it("is taken over when its owner is gone", async () => {
    const path = join(home, "stale.lock");
    writeFileSync(path, "2147483646\n"); // above every pid limit
    expect(await withLock(path, async () => "in")).toBe("in");
  });
});
