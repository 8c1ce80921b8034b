import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { runCli } from "../../src/cli/program.ts";
import { MAIN } from "../helpers/built.ts";

/** What a run of the command line left behind. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An error as `--json` prints it. */
export interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Runs the command line in this process with captured streams. */
export async function cli(...argv: string[]): Promise<Run> {
  return record(argv, false);
}

/** The same as on a terminal that redraws lines: every step of the progress is in `err`. */
export async function cliLive(...argv: string[]): Promise<Run> {
  return record(argv, true);
}

async function record(argv: readonly string[], live: boolean): Promise<Run> {
  let out = "";
  let err = "";
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    live,
    color: false,
    columns: Number.POSITIVE_INFINITY,
  };
  const code = await runCli(argv, io, commands, "0.0.0-test");
  return { code, out, err };
}

/** Runs with `--json`, expects success and silence on stderr, and returns what stdout says. */
export async function cliJson<Result = Record<string, unknown>>(...argv: string[]): Promise<Result> {
  const { code, out, err } = await cli(...argv, "--json");
  expect({ code, err, failure: code === 0 ? "" : out }).toEqual({ code: 0, err: "", failure: "" });
  return JSON.parse(out) as Result;
}

/** Runs in the real process, from any folder. */
export function cliProcess(
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [MAIN, ...argv], {
    encoding: "utf8",
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? process.env,
  });
}

/** What a refusal must look like, in both forms. */
export interface Refusal {
  readonly exit: number;
  readonly code: string;
  /** In the human text, beside the hint. */
  readonly says: RegExp;
  /** True where the message alone says what to do. */
  readonly hintless?: boolean;
}

/**
 * Runs a command that must be refused, for people and with `--json`: exit code, error code, an explanation with
 * something to do, nothing but JSON on stdout, and not a file in `folder` made, changed or lost.
 */
export async function expectRefusal(
  folder: string | undefined,
  argv: readonly string[],
  { exit, code, says, hintless = false }: Refusal,
): Promise<JsonError> {
  const before = folder === undefined ? undefined : contentsOf(folder);
  const human = await cli(...argv);
  expect(human.err).toMatch(says);
  expect(human.out).toBe("");
  expect(human.err).toContain(`(${code})`);
  expect(human.code).toBe(exit);
  const machine = await cli(...argv, "--json");
  expect(machine.err).toBe("");
  expect(machine.code).toBe(exit);
  const { error } = JSON.parse(machine.out) as { error: JsonError };
  expect(error.code).toBe(code);
  expect(`${error.message} ${error.hint}`).toMatch(says);
  if (!hintless) expect(error.hint, "a refusal says what to do").not.toBeNull();
  expect(human.err).toContain(error.hint ?? error.message);
  if (folder !== undefined) expect(contentsOf(folder)).toEqual(before);
  return error;
}

/** Every file of a folder with its content. */
export function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path, "latin1")];
    }),
  );
}

/** A temporary folder with helpers to fill it. */
export interface Folder {
  readonly path: string;
  file(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  writeJson(name: string, value: unknown): string;
  readJson<Value = Record<string, unknown>>(name: string): Value;
  remove(): void;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "ballast-cli-"));
  const file = (name: string): string => join(path, name);
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(file(name), content);
    return file(name);
  };
  return {
    path,
    file,
    write,
    writeJson: (name, value) => write(name, JSON.stringify(value)),
    readJson: <Value>(name: string) => JSON.parse(readFileSync(file(name), "utf8")) as Value,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A portfolio's JSON. */
export function portfolio(account: string, positions: Readonly<Record<string, string>>) {
  return {
    account,
    positions: Object.entries(positions).map(([instrument, quantity]) => ({ instrument, quantity })),
  };
}
