import { readFileSync } from "node:fs";
import { writeFileAtomic } from "../../src/node/files.ts";

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Writes generated files, or, with `check`, reports those that differ and sets a failing exit code.
 *
 * @param files relative path -> content.
 * @param remedy the command that writes them.
 */
export function writeOrCheck(
  root: string,
  files: Readonly<Record<string, string>>,
  check: boolean,
  remedy: string,
): void {
  const stale = Object.entries(files).filter(([path, content]) => current(`${root}${path}`) !== content);
  if (check) {
    for (const [path] of stale) console.error(`${path} is not what its sources give: run ${remedy}.`);
    if (stale.length > 0) process.exitCode = 1;
    else {
      const count = Object.keys(files).length;
      console.log(count === 1 ? "1 file is current." : `${count} files are current.`);
    }
    return;
  }
  for (const [path, content] of stale) {
    writeFileAtomic(`${root}${path}`, content);
    console.log(`wrote ${path}`);
  }
}
