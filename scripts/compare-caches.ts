/**
 * Compares two caches (`BALLAST_HOME`): all that a cold run compiled must stand in the warm one too, byte by byte. Names hold the hashes
 * of sources, compiler and flags, so a difference means that a build depends on something its name doesn't say; what is missing was
 * compiled from other sources, and nothing is shown of it. Keys are left out: their secrets are random.
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
const missing = [...fresh.keys()].filter((path) => !kept.has(path));
const different = [...fresh.keys()].filter((path) => kept.has(path) && fresh.get(path) !== kept.get(path));
for (const path of different) console.error(`${path} differs between the cold and the warm cache.`);
for (const path of missing) console.error(`${path} is not in the warm cache.`);
if (missing.length > 0)
  console.error("The warm cache is of other sources: fill it by `.ci/run`, then compare again.");
console.log(
  `${fresh.size} files are in the cold cache: ${different.length} differ, ${missing.length} are not in the warm one.`,
);
if (different.length + missing.length > 0 || fresh.size === 0) process.exitCode = 1;
