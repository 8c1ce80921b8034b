import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { endsWithUs } from "./ending.ts";

/**
 * Starts `<name>.ts` (from the sources: loaded through tsx) or `<name>.js` (from the build) as a worker thread.
 * The file must not import ffjavascript or snarkjs: they take any thread for one of their own (use {@link forkModule}).
 * @param from `import.meta.url` of a module in the same folder as the worker file.
 */
export function spawnWorker(name: string, from: string): Worker {
  if (!from.endsWith(".ts")) return new Worker(new URL(`./${name}.js`, from), { execArgv: [] });
  const api = pathToFileURL(join(tsxFolder(), "esm", "api", "index.mjs")).href;
  const entry = new URL(`./${name}.ts`, from).href;
  const bootstrap = `import(${JSON.stringify(api)}).then(({ register }) => {
    register();
    return import(${JSON.stringify(entry)});
  })`;
  return new Worker(bootstrap, { eval: true, execArgv: [] });
}

/**
 * Starts the same kind of file as a process of its own, with messages by structured clone. Its output is dropped:
 * nothing that it works on may end up in a log. It ends when this process does: it must listen for "disconnect".
 */
export function forkModule(name: string, from: string): ChildProcess {
  const source = from.endsWith(".ts");
  const start = () =>
    fork(fileURLToPath(new URL(`./${name}.${source ? "ts" : "js"}`, from)), [], {
      execArgv: source ? ["--import", pathToFileURL(join(tsxFolder(), "loader.mjs")).href] : [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
  return endsWithUs(start);
}

function tsxFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("tsx/package.json")), "dist");
}
