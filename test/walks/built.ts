import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ballastHome } from "../../src/prover/node/home.ts";
import { patternOf, type Walk } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a walk's steps printed on standard output, one text each, and how their shell ended. */
export interface Walked {
  readonly code: number;
  readonly outputs: readonly string[];
  /** Everything, in order, for a failure's message. */
  readonly all: string;
}

/** A package as `npm run build` makes it, in a folder of its own, and an empty folder to walk in. */
export interface Built {
  readonly folder: string;
  readonly walk: (walk: Walk) => Promise<Walked>;
  readonly remove: () => void;
}

/** Compiles the sources into a package beside this checkout's dependencies, with `ballast` on the path. */
export function build(): Built {
  const base = mkdtempSync(join(tmpdir(), "ballast-walk-"));
  const [pack, folder, bin] = [join(base, "package"), join(base, "folder"), join(base, "bin")];
  for (const path of [pack, folder, bin]) mkdirSync(path);
  const { files, bin: entry } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly files: readonly string[];
    readonly bin: { readonly ballast: string };
  };
  const [first] = entry.ballast.split("/");
  const others = files.map((name) => name.split("/")[0] ?? name).filter((name) => name !== first);
  for (const name of new Set([...others, "package.json", "node_modules", "build"]))
    symlinkSync(join(ROOT, name), join(pack, name));
  const tsc = spawnSync("npx", ["tsc", "-p", "tsconfig.build.json", "--outDir", join(pack, "dist")], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (tsc.status !== 0) throw new Error(`the build failed:\n${tsc.stdout}${tsc.stderr}`);
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(pack, entry.ballast)}" "$@"\n`;
  writeFileSync(join(bin, "ballast"), script);
  chmodSync(join(bin, "ballast"), 0o755);
  // What documents call by npx is this checkout's.
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  symlinkSync(join(ROOT, "docs"), join(folder, "docs"));
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
    remove: () => rmSync(base, { recursive: true }),
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
export function differing({ steps }: Walk, { outputs }: Walked): object[] {
  return steps.flatMap(({ commands, prints }, i) => {
    const printed = outputs[i] ?? "";
    return prints === undefined || patternOf(prints).test(printed) ? [] : [{ commands, prints, printed }];
  });
}
