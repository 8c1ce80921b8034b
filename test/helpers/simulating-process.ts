import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { builtFile } from "../../scripts/testing/built.ts";

const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * Writes a module that makes the proofs of the process that imports it simulated, as {@link simulateHere} does, on the sources as they
 * are compiled for tests. @returns what Node takes before a script: `--import` and the module.
 */
export function simulatingOptions(path: string): Promise<string[]> {
  return importing(path, 'import { simulateHere } from "./simulate-here.ts"; simulateHere();');
}

/** The same of a module whose process kills itself (-9) while it makes its `nth` proof. */
export function dyingOptions(path: string, nth: number): Promise<string[]> {
  return importing(path, `import { dieHere } from "./simulate-here.ts"; dieHere(${nth});`);
}

async function importing(path: string, contents: string): Promise<string[]> {
  const sources = {
    name: "compiled-sources",
    setup: ({
      onResolve,
    }: Parameters<NonNullable<Parameters<typeof build>[0]["plugins"]>[number]["setup"]>[0]) =>
      onResolve({ filter: /\/src\/.*\.ts$/ }, ({ path: source }) => {
        const compiled = builtFile(resolve(HERE, source));
        return compiled === undefined ? undefined : { path: pathToFileURL(compiled).href, external: true };
      }),
  };
  await build({
    stdin: { contents, resolveDir: HERE },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: path,
    plugins: [sources],
    logLevel: "silent",
  });
  return ["--import", pathToFileURL(path).href];
}
