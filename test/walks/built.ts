import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtPackage } from "../../scripts/testing/built.ts";
import { ballastHome } from "../../src/prover/node/home.ts";
import { patternOf, type Walk } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a walk's steps printed on standard output, one text each, and how their shell ended. */
interface Walked {
  readonly code: number;
  readonly outputs: readonly string[];
  /** Everything, in order, for a failure's message. */
  readonly all: string;
}

/** A package as `npm run build` makes it, in a folder of its own, and an empty folder to walk in. */
interface Built {
  readonly folder: string;
  readonly walk: (walk: Walk) => Promise<Walked>;
  readonly remove: () => void;
}

let installed: string | undefined;

/** The folder that has `ballast`, as it was built for all tests. */
function install(): string {
  if (installed !== undefined) return installed;
  const bin = mkdtempSync(join(tmpdir(), "ballast-built-"));
  process.once("exit", () => rmSync(bin, { recursive: true, force: true }));
  const { bin: entry } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly bin: { readonly ballast: string };
  };
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(builtPackage(), entry.ballast)}" "$@"\n`;
  writeFileSync(join(bin, "ballast"), script);
  chmodSync(join(bin, "ballast"), 0o755);
  installed = bin;
  return bin;
}

/** Builds, and makes a folder to walk in, with what pages call by npx and the documents beside it. */
function build(): Built {
  const bin = install();
  const folder = mkdtempSync(join(tmpdir(), "ballast-walk-"));
  for (const name of ["node_modules", "docs"]) symlinkSync(join(ROOT, name), join(folder, name));
  const { BALLAST_PRIVATE_KEY: _, ...environment } = process.env;
  const env = {
    ...environment,
    PATH: `${bin}:${environment["PATH"]}`,
    BALLAST_HOME: ballastHome(),
    NO_COLOR: "1",
  };
  return {
    folder,
    walk: (walk) => run(walk, folder, env),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

const MARK = "@@ step ";

/** All steps in one shell, which ends at the first command that fails. */
async function run({ chain, steps }: Walk, folder: string, env: NodeJS.ProcessEnv): Promise<Walked> {
  const parts = steps.map(({ commands }, i) => `echo '${MARK}${i}'\n${commands}`);
  writeFileSync(join(folder, "walk.sh"), `set -e\n${parts.join("\n")}\necho '${MARK}end'\n`);
  const command = chain === undefined ? "sh walk.sh" : `${chain} --port 0 --exec 'sh walk.sh'`;
  const child = spawn(command, { shell: true, cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let all = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    all += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    all += chunk.toString();
  });
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? 1)));
  const [, ...rest] = out.split(new RegExp(`^${MARK}.*\\n`, "m"));
  return { code, outputs: rest, all };
}

/** The steps whose output is another than the page says, with both. */
function differing({ steps }: Walk, { outputs }: Walked): object[] {
  return steps.flatMap(({ commands, prints }, i) => {
    const printed = outputs[i] ?? "";
    return prints === undefined || patternOf(prints).test(printed) ? [] : [{ commands, prints, printed }];
  });
}

/** A walk's end, for the tests of one `describe`. */
export interface WalkedOnce {
  /** A file in the folder that was walked in. */
  readonly file: (name: string) => string;
  /** Everything that was printed. */
  readonly printed: () => string;
}

/**
 * Walks before the tests of a `describe`, which gets two tests by it: that the walk comes to its end, and that it prints what its
 * pages say. @param said how many steps must say what they print, at least.
 */
export function useWalk(walk: Walk, said: number): WalkedOnce {
  let built: Built;
  let walked: Walked;
  beforeAll(async () => {
    built = build();
    walked = await built.walk(walk);
  });
  afterAll(() => built.remove());

  it("comes to its end", () => {
    expect(walked.code, walked.all.slice(-2_000)).toBe(0);
    expect(walked.outputs).toHaveLength(walk.steps.length + 1);
  });

  it("prints what the pages say", () => {
    expect(walk.steps.filter(({ prints }) => prints !== undefined).length).toBeGreaterThanOrEqual(said);
    expect(differing(walk, walked)).toEqual([]);
  });

  return { file: (name) => join(built.folder, name), printed: () => walked.all };
}
