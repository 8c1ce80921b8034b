import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../scripts/compare-caches.ts", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-caches-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(cache: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, cache, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function compare() {
  const argv = ["--import", import.meta.resolve("tsx"), SCRIPT, join(folder, "cold"), join(folder, "warm")];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  return { status, stdout, stderr };
}

it("finds a cold run equal to a warm one, whatever keys and leftovers are in either", () => {
  write("cold", { "circuits/a-1/a.r1cs": "1", "keys/a/a.zkey": "random", "circuits/b.123.tmp/out": "half" });
  write("warm", { "circuits/a-1/a.r1cs": "1", "keys/a/a.zkey": "other", "solc/old.txt": "of other sources" });
  expect(compare()).toEqual({
    ...{ status: 0, stderr: "" },
    stdout: "1 files are in the cold cache: 0 differ, 0 are not in the warm one.\n",
  });
});

it("finds what differs, and what a warm run of these sources would have", () => {
  write("cold", { "circuits/a-1/a.r1cs": "1", "solc/b.txt": "answer", "contracts/c.json": "{}" });
  write("warm", { "circuits/a-1/a.r1cs": "2", "contracts/c.json": "{}" });
  const { status, stdout, stderr } = compare();
  expect({ status, stdout }).toEqual({
    ...{ status: 1, stdout: "3 files are in the cold cache: 1 differ, 1 are not in the warm one.\n" },
  });
  expect(stderr).toMatch(/a\.r1cs differs[\s\S]*b\.txt is not in the warm cache[\s\S]*of other sources/);
});

it("takes an empty cache for no proof", () => {
  expect(compare().status).toBe(1);
});
