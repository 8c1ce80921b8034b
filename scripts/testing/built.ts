import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { placeFolder } from "../../src/node/files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SOURCES = join(ROOT, "src");
const FOLDER = join(ROOT, "build/test/built");
/** What decides over the output, beside the sources. */
const SETTINGS = ["package-lock.json", "tsconfig.json", "tsconfig.build.json"];
/** Builds that are kept: of the last few states of the sources, which other runs may be using. */
const KEPT = 4;

let made: string | undefined;

/**
 * The sources compiled into a package beside this checkout's dependencies, as `npm run build` makes it: its folder. A folder is
 * named after the sources, and built once for each state of them. Types are `npm run types`' business.
 * @throws {Error} with the compiler's words.
 */
export function builtPackage(): string {
  made ??= build();
  return made;
}

/** The compiled file of a source, or undefined for what is no source. @param path absolute. */
export function builtFile(path: string): string | undefined {
  const name = relative(SOURCES, path);
  // The page is built by itself, for a browser.
  if (name.startsWith("..") || name.startsWith("web") || !name.endsWith(".ts")) return undefined;
  return join(builtPackage(), "dist", name.replace(/\.ts$/, ".js"));
}

function build(): string {
  const folder = join(FOLDER, hashOfSources());
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  const stage = join(FOLDER, `${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  mkdirSync(stage, { recursive: true });
  const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly files: readonly string[];
  };
  const others = files.map((name) => name.split("/")[0] ?? name).filter((name) => name !== "dist");
  for (const name of new Set([...others, "package.json", "node_modules", "build", "test"]))
    symlinkSync(join(ROOT, name), join(stage, name));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const options = ["--outDir", join(stage, "dist"), "--declaration", "false", "--noCheck", "--sourceMap"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, "-p", "tsconfig.build.json", ...options],
    { cwd: ROOT, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`The sources can't be compiled:\n${stdout}${stderr}`);
  try {
    placeFolder(stage, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another run was faster, with the same
    rmSync(stage, { recursive: true });
  }
  removeOld();
  return folder;
}

function hashOfSources(): string {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).map((name) =>
    join("src", name),
  );
  const hash = createHash("sha256");
  for (const name of [...SETTINGS, ...sources.filter((path) => /\.(tsx?|json|css|html)$/.test(path)).sort()])
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(ROOT, name)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}

function removeOld(): void {
  const times = readdirSync(FOLDER)
    .filter((name) => !name.endsWith(".tmp"))
    .map((name) => ({ path: join(FOLDER, name), at: statSync(join(FOLDER, name)).mtimeMs }));
  for (const { path } of times.sort((a, b) => b.at - a.at).slice(KEPT))
    rmSync(path, { recursive: true, force: true });
}
