import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { builtPackage } from "../../scripts/testing/built.ts";

/** The compiled module of a source, e.g. `cli/main.ts`, for a process of its own: a URL. */
export function builtModule(name: string): string {
  return pathToFileURL(join(builtPackage(), "dist/", name.replace(/\.ts$/, ".js"))).href;
}

/** The command line as it is published: what Node starts. */
export const MAIN = fileURLToPath(builtModule("cli/main.ts"));
