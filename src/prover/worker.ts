import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/**
 * Starts `<name>.ts` (from the sources: loaded through tsx) or `<name>.js` (from the build) as a worker thread.
 * @param from `import.meta.url` of a module in the same folder as the worker file.
 */
export function spawnWorker(name: string, from: string, workerData?: unknown): Worker {
  if (!from.endsWith(".ts")) {
    return new Worker(new URL(`./${name}.js`, from), { execArgv: [], workerData });
  }
  const tsx = dirname(createRequire(import.meta.url).resolve("tsx/package.json"));
  const api = pathToFileURL(join(tsx, "dist", "esm", "api", "index.mjs")).href;
  const entry = new URL(`./${name}.ts`, from).href;
  const bootstrap = `import(${JSON.stringify(api)}).then(({ register }) => {
    register();
    return import(${JSON.stringify(entry)});
  })`;
  return new Worker(bootstrap, { eval: true, execArgv: [], workerData });
}
