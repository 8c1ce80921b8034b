/**
 * The npm package `solc` behind the command line that forge expects: `--version`, `--standard-json`.
 * forge talks to a compiler binary; this is one that needs Node alone, and answers from the cache what it has compiled before.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileStandardJson } from "../src/chain/node/solc.ts";

const args = process.argv.slice(2);
if (args.includes("--version")) {
  const { version } = createRequire(import.meta.url)("solc") as { version(): string };
  const long = version().replace(/\.Emscripten.*$/, ".Emscripten.clang");
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${long}\n`);
} else if (args.includes("--standard-json")) {
  // Every source is embedded in the input: no import callback is needed.
  process.stdout.write(compileStandardJson(readFileSync(0, "utf8")));
} else {
  process.stderr.write("Only --version and --standard-json are supported.\n");
  process.exitCode = 1;
}
