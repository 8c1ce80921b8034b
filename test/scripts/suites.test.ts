import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { countsOf, total } from "../../scripts/testing/suites.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What vitest reports of some files, run for real. */
function report(files: Readonly<Record<string, string>>) {
  // Inside of the repository, where the packages are found.
  mkdirSync(join(root, "build"), { recursive: true });
  const folder = mkdtempSync(join(root, "build", "suites-"));
  try {
    for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
    const output = join(folder, "report.json");
    const { status } = spawnSync(
      "npx",
      [
        "vitest",
        "run",
        "--root",
        folder,
        "--config=none.config.ts",
        "--reporter=json",
        `--outputFile=${output}`,
      ],
      { cwd: root, encoding: "utf8" },
    );
    return countsOf(JSON.parse(readFileSync(output, "utf8")), status ?? 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const good = 'import { it, expect } from "vitest"; it("a", () => { expect(1).toBe(1); });';
const none = "export default {};";

describe("the test runner", () => {
  it("counts and names a file that can't be loaded, whose tests did not run", () => {
    const broken =
      'import "./not-there.ts"; import { it } from "vitest"; it("b", () => {}); it("c", () => {});';
    const counts = report({ "a.test.ts": good, "b.test.ts": broken, "none.config.ts": none });
    expect(counts).toMatchObject({ passed: 1, failed: 1 });
    expect(counts.notes).toHaveLength(1);
    expect(counts.notes[0]).toMatch(/^NOT LOADED, its tests did not run: build\/suites-\w+\/b\.test\.ts$/);
  });

  it("counts a skipped test as failed, and a failure beside the tests", () => {
    const skipped = 'import { it } from "vitest"; it.todo("b");';
    const counts = report({ "a.test.ts": good, "b.test.ts": skipped, "none.config.ts": none });
    expect(counts).toMatchObject({ passed: 1, failed: 1 });
    const fine = {
      numPassedTests: 2,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [],
    };
    expect(countsOf(fine, 0)).toEqual({ passed: 2, failed: 0, notes: [] });
    expect(countsOf(fine, 1)).toEqual({ passed: 2, failed: 1, notes: [] });
    expect(countsOf({ ...fine, numPassedTests: 0 }, 0)).toEqual({ passed: 0, failed: 1, notes: [] });
  });

  it("adds up", () => {
    const [one, two] = [
      { passed: 1, failed: 2, notes: ["a"] },
      { passed: 10, failed: 20, notes: ["b"] },
    ];
    expect(total([one, two])).toEqual({ passed: 11, failed: 22, notes: ["a", "b"] });
  });
});
