import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { writeFileAtomic } from "../../../src/node/files.ts";
import { ballastHome } from "../../../src/prover/node/home.ts";
import { useTemporaryHome } from "../toy.ts";

const home = await useTemporaryHome([]);

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
