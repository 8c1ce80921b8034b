import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { BallastError } from "../../errors.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { ballastHome } from "../../prover/node/home.ts";
import { packageVersion } from "../../prover/node/sources.ts";

const require = createRequire(import.meta.url);

/** Answers the compiler's question for an imported source. */
export type ReadImport = (path: string) => { readonly contents: string } | { readonly error: string };

/** The part of the npm package `solc` that is used; it ships no types. Loading it takes a second, so only on demand. */
interface Solc {
  /** Standard JSON in, standard JSON out. */
  compile(input: string, callbacks?: { readonly import: ReadImport }): string;
}

/**
 * Compiles standard JSON with the npm package `solc`, in this process, or answers from the cache.
 *
 * An answer is kept under the hash of the input, of the compiler's version and of the versions of the libraries that
 * `readImport` reads from; it stands behind its own hash, so a damaged one is compiled again. A cache that can't be written
 * costs time, nothing else.
 *
 * @param input Solidity standard JSON.
 * @param readImport the sources that the input leaves out. Default: the input has all.
 * @param libraries npm packages that `readImport` reads from.
 * @returns standard JSON; the compiler's errors are in there.
 */
export function compileStandardJson(
  input: string,
  readImport?: ReadImport,
  libraries: readonly string[] = [],
): string {
  const versions = ["solc", ...libraries].map((name) => `${name}@${packageVersion(name)}`);
  const key = sha256(`${versions.join(" ")} ${process.platform}-${process.arch}\n${input}`);
  const path = join(ballastHome(), "solc", `${key.slice(0, 32)}.txt`);
  const known = readAnswer(path);
  if (known !== undefined) return known;
  const solc = require("solc") as Solc;
  const answer = readImport === undefined ? solc.compile(input) : solc.compile(input, { import: readImport });
  try {
    writeFileAtomic(path, `${sha256(answer)}\n${answer}`);
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
  }
  return answer;
}

function readAnswer(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8");
  const end = text.indexOf("\n");
  const answer = text.slice(end + 1);
  return end > 0 && text.slice(0, end) === sha256(answer) ? answer : undefined;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
