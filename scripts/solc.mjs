// forge talks to a compiler binary; the compiler here is the npm package, so that Node stays the only requirement.
import { readFileSync } from "node:fs";
import solc from "solc";

const args = process.argv.slice(2);
if (args.includes("--version")) {
  process.stdout.write(
    `solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace(/\.Emscripten.*$/, ".Emscripten.clang")}\n`,
  );
} else if (args.includes("--standard-json")) {
  // Every source is embedded in the input: no import callback is needed.
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
} else {
  process.stderr.write("Only --version and --standard-json are supported.\n");
  process.exitCode = 1;
}
