import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * What must be gone when this process ends, however it ends: its children, and files that are not finished.
 *
 * An end that the process sees (an exit, a signal that the command line handles) is tidied up here. For the others (SIGKILL, a
 * crash of the runtime) there is a keeper: a small process, started with the first child, that reads from a pipe which only this
 * process holds. The pipe closes with the process, and the keeper ends and removes what it was told of.
 */
const children = new Set<ChildProcess>();
const paths = new Set<string>();
/** From here on, names that were finished long ago are dropped. */
const MANY_PATHS = 512;
let keeper: ChildProcess | undefined;
let tidies = false;

/**
 * The keeper's program: a text, for it must start at once and without a loader. Children that listen for the end of their parent
 * (those with a channel to it) have three seconds to tidy up themselves.
 */
const KEEPER = `
const { rmSync } = require("node:fs");
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
const children = new Map(), paths = new Set();
let rest = "";
process.stdin.setEncoding("utf8").on("data", (text) => {
  const lines = (rest + text).split("\\n");
  rest = lines.pop();
  for (const line of lines) {
    const { child, path, waits, gone } = JSON.parse(line);
    if (child !== undefined) gone ? children.delete(child) : children.set(child, waits);
    else gone ? paths.delete(path) : paths.add(path);
  }
});
const kill = (pid, signal) => { try { return process.kill(pid, signal); } catch { return false; } };
const left = () => [...children.keys()].filter((pid) => kill(pid, 0));
const remove = () => { for (const path of paths) try { rmSync(path, { recursive: true, force: true }); } catch {} };
process.stdin.on("close", () => {
  for (const [pid, waits] of children) if (!waits) kill(pid, "SIGKILL");
  remove();
  const start = Date.now();
  const look = () => {
    const late = Date.now() - start > 3000;
    if (late) for (const pid of left()) kill(pid, "SIGKILL");
    if (!late && left().length > 0) return setTimeout(look, 20);
    remove();
  };
  look();
});
process.stdin.on("error", () => {});
`;

/**
 * Starts a child whose life is tied to this process's. One that has a channel to its parent must end when that is closed; any other is
 * killed. The keeper is there before the child: only an end between two instructions, the start and the telling, would be missed.
 * @param start starts it.
 */
export function endsWithUs<Child extends ChildProcess>(start: () => Child): Child {
  tidyAtExit();
  keeper ??= startKeeper();
  const child = start();
  const { pid } = child;
  if (pid === undefined) return child; // it could not be started, and says so itself
  children.add(child);
  tell({ child: pid, waits: child.connected });
  child.once("exit", () => {
    children.delete(child);
    tell({ child: pid, gone: true });
  });
  return child;
}

/** Has a file or folder removed when this process ends, if it is still there under this name. @returns the path. */
export function removedAtEnd(path: string): string {
  tidyAtExit();
  if (paths.size >= MANY_PATHS) for (const old of paths) if (!existsSync(old)) forget(old);
  const whole = resolve(path);
  paths.add(whole);
  tell({ path: whole });
  return path;
}

/** Removes a file or folder now. */
export function removeNow(path: string): void {
  rmSync(path, { recursive: true, force: true });
  forget(resolve(path));
}

/** The name of every folder that {@link temporaryFolder} makes: who made it, by process id. */
export const TEMPORARY_FOLDER = /^ballast-([1-9][0-9]*)-[A-Za-z0-9]{6}$/;

/** A new folder for this user alone, in the system's folder for temporary files. It is gone when this process ends. */
export function temporaryFolder(): string {
  return removedAtEnd(mkdtempSync(join(tmpdir(), `ballast-${process.pid}-`)));
}

/** Ends all children and removes what is not finished. Runs by itself when the process exits. */
export function tidyUp(): void {
  for (const child of children) {
    if (child.connected) child.disconnect();
    else child.kill("SIGKILL");
  }
  for (const path of paths) {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
    } catch {
      // The keeper tries again, and `ballast clean` after it.
    }
  }
}

function tidyAtExit(): void {
  if (!tidies) process.once("exit", tidyUp);
  tidies = true;
}

function forget(path: string): void {
  if (paths.delete(path)) tell({ path, gone: true });
}

type Word =
  | { readonly child: number; readonly waits?: boolean; readonly gone?: true }
  | { readonly path: string; readonly gone?: true };

function tell(word: Word): void {
  keeper?.stdin?.write(`${JSON.stringify(word)}\n`);
}

/** In a group of its own: an interrupt from the keyboard reaches all others of ours. */
function startKeeper(): ChildProcess {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const started = spawn(process.execPath, ["-e", KEEPER], {
    cwd: dirname(process.execPath),
    detached: true,
    env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const lost = (): void => {
    if (keeper === started) keeper = undefined;
  };
  started.once("error", lost);
  started.once("exit", lost);
  started.stdin.on("error", lost);
  started.unref();
  for (const handle of [started.stdin])
    if ("unref" in handle && typeof handle.unref === "function") handle.unref();
  keeper = started;
  for (const path of paths) tell({ path });
  return started;
}
