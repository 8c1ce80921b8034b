import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize, relative, sep } from "node:path";
import { BallastError } from "../../errors.ts";
import { readJsonFile, writeScratch } from "../../node/files.ts";

const require = createRequire(import.meta.url);

/** Everything one main component includes. */
export interface CircuitSources {
  /** Staged path (`circuits/...` or `node_modules/...`, forward slashes) -> text, sorted by path. */
  readonly files: ReadonlyMap<string, string>;
  /** First 16 hex digits of sha256 over paths, texts and the compiler's version. */
  readonly hash: string;
}

/** Version of the npm package that carries circom 2.2.3. */
export function compilerVersion(): string {
  return packageVersion("circom2");
}

/** The version of an installed package, e.g. `0.8.37`. @throws {BallastError} INVALID_ARTIFACT when it isn't installed. */
export function packageVersion(name: string): string {
  let path: string;
  try {
    path = require.resolve(`${name}/package.json`);
  } catch (cause) {
    throw new BallastError("INVALID_ARTIFACT", `The package ${name} is not installed.`, {
      hint: `Install it: npm install ${name}.`,
      cause,
    });
  }
  const manifest = readJsonFile(path, "package file");
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new BallastError("INVALID_ARTIFACT", `The package ${name} has no version.`, {
    hint: "Reinstall the dependencies.",
  });
}

/** The command-line entry of the compiler. */
export function compilerPath(): string {
  return require.resolve("circom2/cli.js");
}

/**
 * Collects the main component and all it includes, wherever circomlib is installed.
 * @param root the circuits folder; includes resolve against the including file, then `root`, then packages.
 * @throws {BallastError} INVALID_ARTIFACT for a file that is not there.
 */
export function collectSources(root: string, main: string): CircuitSources {
  const packages = dirname(dirname(require.resolve("circomlib/package.json")));
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    const staged = stagedName(root, packages, path);
    if (found.has(staged)) return;
    const text = readSource(path);
    found.set(staged, text);
    for (const include of includesOf(text)) {
      visit(resolveInclude(include, path, [root, packages]));
    }
  };
  visit(join(root, main));
  const files = new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  const hash = createHash("sha256").update(`circom2@${compilerVersion()} --O2\n`);
  for (const [path, text] of files) {
    hash.update(`${path}\n${Buffer.byteLength(text)}\n`).update(text);
  }
  return { files, hash: hash.digest("hex").slice(0, 16) };
}

/** Writes the sources under `folder`, where the compiler (which can't leave its working folder) finds them. */
export function stageSources(sources: CircuitSources, folder: string): void {
  for (const [path, text] of sources.files) {
    writeScratch(join(folder, ...path.split("/")), text);
  }
}

function includesOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/[^\n]*/g, "");
  return [...code.matchAll(/\binclude\s+"([^"]+)"\s*;/g)].flatMap((match) => match[1] ?? []);
}

function resolveInclude(include: string, from: string, libraries: readonly string[]): string {
  const found = [dirname(from), ...libraries]
    .map((folder) => normalize(join(folder, include)))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new BallastError("INVALID_ARTIFACT", `The circuit include "${include}" was not found.`, {
      hint: `It is included by ${from}.`,
    });
  }
  return found;
}

function stagedName(root: string, packages: string, path: string): string {
  for (const [prefix, folder] of [
    ["circuits", root],
    ["node_modules", packages],
  ] as const) {
    const inside = relative(folder, path);
    if (!inside.startsWith("..")) return [prefix, ...inside.split(sep)].join("/");
  }
  throw new BallastError("INVALID_ARTIFACT", `${path} is outside the circuits folder and the packages.`);
}

function readSource(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new BallastError("INVALID_ARTIFACT", `The circuit source ${path} can't be read.`, { cause });
  }
}
