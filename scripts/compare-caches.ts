/**
 * Compares two caches (`BALLAST_HOME`): what stands in both under one name must be the same. Names hold the hashes of sources,
 * compiler and flags, so a difference means that a build depends on something its name doesn't say.
 * Keys are left out: their secrets are random.
 *
 *   tsx scripts/compare-caches.ts COLD WARM
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const KINDS = ["circuits", "test-circuits", "contracts", "solc"];

/** All files of the cache's compiled parts, by their path in the cache, with the hashes of their bytes. */
function outputs(cache: string): Map<string, string> {
  const folders = KINDS.map((kind) => join(cache, kind)).filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.tmp(\/|$)|\.lock$/.test(join(entry.parentPath, entry.name)))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map(
    files.map((path) => [
      path.slice(cache.length + 1),
      createHash("sha256").update(readFileSync(path)).digest("hex"),
    ]),
  );
}

const [cold, warm] = process.argv.slice(2);
if (cold === undefined || warm === undefined) {
  console.error("Usage: tsx scripts/compare-caches.ts COLD WARM");
  process.exit(2);
}
const [fresh, kept] = [outputs(cold), outputs(warm)];
const shared = [...fresh.keys()].filter((path) => kept.has(path));
const different = shared.filter((path) => fresh.get(path) !== kept.get(path));
for (const path of different) console.error(`${path} differs between the cold and the warm cache.`);
console.log(`${shared.length} files stand in both caches, ${different.length} differ.`);
if (different.length > 0 || shared.length === 0) process.exitCode = 1;
