import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/library/doors.ts";
import { ApiKeys } from "../../src/service/api/keys.ts";
import { runApi } from "../../src/service/api/listen.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import { START, smallSnapshot } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { apiParts, stubWorker } from "../service/parts.ts";
import { ManualClock } from "../venues/manual-clock.ts";
import { patternOf, walkOf } from "./page.ts";

const PAGE = "docs/integrate/service-api.md";
const page = readFileSync(join(ROOT, PAGE), "utf8");
const folder = mkdtempSync(join(tmpdir(), "ballast-walk-"));
const ending = new AbortController();
const working: Promise<void>[] = [];
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  const database = await emptyDatabase();
  await new Snapshots(database).add(smallSnapshot(START));
  const key = { name: "book", scopes: ["submit", "read", "prove"], declaredBy: "venue" } as const;
  const { token } = await new ApiKeys(database).add(key);
  const parts = apiParts(database, new ManualClock(BigInt(START) * 1_000n));
  const address = await new Promise<string>((resolve, reject) => {
    const running = runApi(parts, { port: 0, onListening: resolve }, ending.signal);
    working.push(running, stubWorker(database, { times: { poll: 20 } }).run(ending.signal));
    running.catch(reject);
  });
  environment = { ...process.env, BALLAST_URL: address, BALLAST_API_KEY: token };
});
afterAll(async () => {
  ending.abort();
  await Promise.all(working);
  rmSync(folder, { recursive: true });
});

/** What a command prints. It must end well. */
function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let [out, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.once("close", (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${code}: ${out}${errors}`)),
    );
  });
}

describe("a service's API, docs/integrate/service-api.md", () => {
  it("answers curl as the page says", async () => {
    const { steps } = walkOf(PAGE);
    expect(steps).toHaveLength(4);
    for (const { commands, prints } of steps) {
      const printed = await output("sh", ["-ec", commands]);
      expect(printed).toMatch(patternOf(prints ?? ""));
    }
  });

  it("is driven by the page's TypeScript, by the client that the package has", async () => {
    const code = /^```ts\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
    const prints = /^It prints:\n\n```text\n([\s\S]*?)^```$/m.exec(page)?.[1];
    writeFileSync(join(folder, "walk.ts"), code);
    await build({
      entryPoints: [join(folder, "walk.ts")],
      outfile: join(folder, "walk.mjs"),
      ...{ bundle: true, platform: "node", format: "esm", nodePaths: [join(ROOT, "node_modules")] },
      alias: { "ballast/client": join(ROOT, "src/client/index.ts") },
    });
    expect(await output(process.execPath, [join(folder, "walk.mjs")])).toBe(prints);
  });
});
