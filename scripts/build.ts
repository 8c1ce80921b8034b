/**
 * Builds what is published: the library and the command line into dist/, the page into dist/page, the contracts into build/contracts.
 * dist/ is made anew: what stands in no source any more would be packed too.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (...args: string[]): void => {
  execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });
};

rmSync(join(root, "dist"), { recursive: true, force: true });
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
// `npm link` made the file before this one executable, and its link stays.
chmodSync(join(root, "dist/cli/main.js"), 0o755);
run("--import", "tsx", "scripts/page.ts");
run("--import", "tsx", "scripts/build-contracts.ts");
