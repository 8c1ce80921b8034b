import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder for one test file, removed at its end. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ballast-solvency-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
