import { randomBytes } from "node:crypto";
import { existsSync, linkSync, lstatSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { BallastError } from "../errors.ts";
import { makeFolder, temporaryName, writeScratch } from "./files.ts";

/*
 * Locks are files, so that they hold between processes, between containers that share a folder, and over most network file systems. Node has
 * no flock, and the packages that bring it need a compiler; proper-lockfile, the usual one, beats from the main thread, which a proof blocks
 * for minutes, and then gives the lock to somebody else.
 */

export interface LockOptions {
  /** Milliseconds to wait for the lock at most. Default: 20 minutes; 30 seconds for {@link withLockSync}. */
  readonly limit?: number;
  /** Told once, after two seconds, whom this process waits for. */
  readonly onWait?: (message: string) => void;
  /** The times by which locks are judged, milliseconds; for tests. */
  readonly times?: Partial<LockTimes>;
}

/** A lock, as who holds it has it. */
export interface HeldLock {
  /**
   * To be called right before a result is written: a process that was stopped for long may have lost its lock.
   * @throws {BallastError} LOCKED when somebody else has taken it over.
   */
  check(): void;
}

interface LockTimes {
  /** Between two looks at a lock that somebody holds. */
  readonly poll: number;
  /** Until the wait is told. */
  readonly tell: number;
  /** Between two beats of a holder. */
  readonly beat: number;
  /** Without a beat, after which a holder that can't be seen from here is taken for gone. */
  readonly silence: number;
  /** Unchanged, after which a lock that names no owner is taken for a leftover. */
  readonly empty: number;
}

const TIMES: LockTimes = { poll: 100, tell: 2_000, beat: 2_000, silence: 20_000, empty: 5_000 };
const LIMIT_MS = 20 * 60_000;
const SYNC_LIMIT_MS = 30_000;
const SYNC_POLL_MS = 20;
const FORMAT = "ballast.lock/1";
/** Errors of file systems without hard links. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

/** What a lock says of its owner. Null is what the system doesn't tell. */
interface Owner {
  readonly token: string;
  readonly pid: number;
  /** When the process began, in the kernel's ticks: a process id is used again. */
  readonly started: string | null;
  readonly host: string;
  /** Changes with every start of the machine. */
  readonly boot: string | null;
  /** The process id namespace: each container counts its processes from 1. */
  readonly space: string | null;
}

/** A lock file as it is found. */
interface Seen {
  readonly text: string;
  /** Tells the file from another with the same text. */
  readonly inode: bigint;
  /** Changes with each beat. */
  readonly beat: bigint;
}

/**
 * Runs `work` while no other process holds the lock file `path`. A lock is taken over when its owner is gone: when that process has ended
 * on this machine, or when it can't be seen from here and its beat has ceased. The beat comes from a thread of its own, so work that blocks
 * the main thread keeps its lock.
 *
 * @throws {BallastError} LOCKED when somebody else holds it all the time; FILE_ERROR when the folder can't be written; what `work` throws.
 */
export async function withLock<T>(
  path: string,
  work: (lock: HeldLock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const attempt = new Attempt(path, options, LIMIT_MS);
  while (!attempt.take()) await sleep(attempt.times.poll);
  const stopBeat = startBeat(path, attempt.owner.token, attempt.times.beat);
  try {
    return await work(heldBy(path, attempt.owner));
  } finally {
    stopBeat();
    release(path, attempt.owner);
  }
}

/**
 * {@link withLock} for work that takes milliseconds: it blocks while it waits, and has no beat.
 * @throws {BallastError} as withLock.
 */
export function withLockSync<T>(path: string, work: (lock: HeldLock) => T, options: LockOptions = {}): T {
  const attempt = new Attempt(path, options, SYNC_LIMIT_MS);
  while (!attempt.take()) pause(Math.min(SYNC_POLL_MS, attempt.times.poll));
  try {
    return work(heldBy(path, attempt.owner));
  } finally {
    release(path, attempt.owner);
  }
}

/** One wait for a lock. */
class Attempt {
  readonly owner: Owner = { token: randomBytes(16).toString("hex"), ...self() };
  readonly times: LockTimes;
  readonly #path: string;
  readonly #limit: number;
  readonly #onWait: ((message: string) => void) | undefined;
  readonly #begun = performance.now();
  #told = false;
  #over: Attempt | undefined;
  #last: { readonly seen: Seen; readonly since: number } | undefined;

  constructor(path: string, { limit, onWait, times }: LockOptions, defaultLimit: number) {
    this.#path = path;
    this.#limit = limit ?? defaultLimit;
    this.#onWait = onWait;
    this.times = { ...TIMES, ...times };
  }

  /** Whether the lock is ours now. @throws {BallastError} LOCKED after the limit; FILE_ERROR. */
  take(): boolean {
    let seen = look(this.#path);
    if (seen !== undefined && this.#isStale(seen) && this.#takeOver(seen)) seen = look(this.#path);
    if (seen === undefined && create(this.#path, this.owner)) return true;
    this.#waiting(seen);
    return false;
  }

  /**
   * Removes a stale lock, and never one that has taken its place meanwhile: one process at a time takes over, and looks again.
   * @returns whether it was this process's turn.
   */
  #takeOver(stale: Seen): boolean {
    this.#over ??= new Attempt(
      `${this.#path}.over`,
      { limit: Number.POSITIVE_INFINITY, times: this.times },
      0,
    );
    if (!this.#over.take()) return false;
    try {
      const seen = look(this.#path);
      // Moved aside and compared: a process that stood still right here for long must not remove who came after.
      if (seen !== undefined && isSame(seen, stale)) remove(this.#path, stale);
    } finally {
      release(this.#over.#path, this.#over.owner);
    }
    return true;
  }

  #isStale(seen: Seen): boolean {
    const now = performance.now();
    const last = this.#last;
    // By this process's own clock: those of two machines differ.
    const unchanged = last !== undefined && isSame(last.seen, seen) && last.seen.beat === seen.beat;
    const since = unchanged ? last.since : now;
    this.#last = { seen, since };
    const owner = parse(seen.text);
    if (owner === undefined) return now - since >= this.times.empty;
    const state = stateOf(owner);
    return state === "gone" || (state === "unseen" && now - since >= this.times.silence);
  }

  #waiting(seen: Seen | undefined): void {
    const waited = performance.now() - this.#begun;
    if (waited >= this.#limit) throw heldTooLong(this.#path, seen);
    if (waited < this.times.tell || this.#told) return;
    this.#told = true;
    this.#onWait?.(`waiting for ${nameOf(seen)}, lock ${this.#path}`);
  }
}

/** Locks of this process, for an exit in the midst of the work. */
const held = new Map<string, Owner>();

function releaseAll(): void {
  for (const [path, owner] of held) release(path, owner);
}

/** Makes the lock file: whole at once, so that nobody sees it without its owner. */
function create(path: string, owner: Owner): boolean {
  const text = `${JSON.stringify({ format: FORMAT, ...owner })}\n`;
  const temporary = temporaryName(path);
  makeFolder(dirname(path));
  try {
    writeScratch(temporary, text, 0o644);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  try {
    if (!link(temporary, path, text)) return false;
  } finally {
    rmSync(temporary, { force: true });
  }
  if (held.size === 0) process.on("exit", releaseAll);
  held.set(path, owner);
  return true;
}

function link(temporary: string, path: string, text: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (cause) {
    // Over NFS an answer can be lost, and the second try finds the first one's work.
    if (lstatSync(temporary).nlink === 2) return true;
    if (codeOf(cause) === "EEXIST" || existsSync(path)) return false;
    if (!NO_LINKS.has(codeOf(cause))) throw unwritable(path, cause);
  }
  try {
    writeScratch(path, text, 0o644);
    return true;
  } catch (cause) {
    if (existsSync(path)) return false;
    throw unwritable(path, cause);
  }
}

function release(path: string, { token }: Owner): void {
  if (held.get(path)?.token === token) {
    held.delete(path);
    if (held.size === 0) process.off("exit", releaseAll);
  }
  const seen = look(path);
  if (seen !== undefined && parse(seen.text)?.token === token) remove(path, seen);
}

/**
 * Removes this process's lock file, and no other: it may have been taken over while the process was stopped. It is moved aside first, which
 * only one can do; what turns out to be another's goes back.
 */
function remove(path: string, seen: Seen): void {
  const aside = temporaryName(path);
  try {
    renameSync(path, aside);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return;
    throw unwritable(path, cause);
  }
  try {
    const moved = look(aside);
    if (moved !== undefined && !isSame(moved, seen)) putBack(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Where a third has come in between, its lock stays: whose was moved aside sees that before it writes. */
function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch (cause) {
    if (NO_LINKS.has(codeOf(cause)) && !existsSync(path)) renameSync(aside, path);
  }
}

function heldBy(path: string, { token }: Owner): HeldLock {
  return {
    check() {
      // Absent for a moment while another process looks whether it is stale.
      for (let tries = 0; tries < 10; tries++) {
        const seen = look(path);
        if (seen !== undefined && parse(seen.text)?.token === token) return;
        if (seen !== undefined) break;
        pause(SYNC_POLL_MS);
      }
      throw new BallastError("LOCKED", `The lock ${path} was taken over by somebody else.`, {
        hint: "This process was stopped for too long. It has written nothing since: give the command again.",
      });
    },
  };
}

/**
 * Beats from a thread of its own until the returned function is called.
 * The thread opens the file itself: it never touches a lock that has taken the place of this one.
 */
function startBeat(path: string, token: string, every: number): () => void {
  const thread = `
    const { workerData: { path, token, every } } = require("node:worker_threads");
    const { openSync, readFileSync, futimesSync } = require("node:fs");
    const file = openSync(path, "r+");
    const beat = () => { const now = Date.now() / 1000; futimesSync(file, now, now); };
    if (readFileSync(file, "utf8").includes(token)) setInterval(beat, every);
  `;
  try {
    const worker = new Worker(thread, { eval: true, execArgv: [], workerData: { path, token, every } });
    worker.on("error", () => {}); // without a beat the lock still holds on this machine
    worker.unref();
    return () => void worker.terminate();
  } catch {
    return () => {};
  }
}

/** @returns undefined when there is no lock. */
function look(path: string): Seen | undefined {
  try {
    if (!lstatSync(path).isFile()) throw new Error("no file"); // a pipe would be read for ever
    // Read first: opening a file makes a network file system ask for its times again.
    const text = readFileSync(path, "utf8");
    const { ino, mtimeNs } = lstatSync(path, { bigint: true });
    return { text, inode: ino, beat: mtimeNs };
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new BallastError("FILE_ERROR", `The lock ${path} can't be read.`, {
      hint: "Check the permissions of the file and its folder.",
      cause,
    });
  }
}

function isSame(one: Seen, other: Seen): boolean {
  return one.inode === other.inode && one.text === other.text;
}

function parse(text: string): Owner | undefined {
  try {
    const { format, token, pid, started, host, boot, space } = JSON.parse(text) as Record<string, unknown>;
    const isText = (value: unknown): value is string | null => value === null || typeof value === "string";
    if (format !== FORMAT || typeof token !== "string" || typeof host !== "string") return undefined;
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    if (!isText(started) || !isText(boot) || !isText(space)) return undefined;
    return { token, pid, started, host, boot, space };
  } catch {
    return undefined;
  }
}

/** This process, as its locks name it. */
function self(): Omit<Owner, "token"> {
  const { pid } = process;
  return { pid, started: startOf(pid)?.time ?? null, host: hostname(), boot: bootId(), space: space() };
}

/** What has become of a lock's owner: `unseen` when this process can't know. */
function stateOf({ pid, started, host, boot, space: theirs }: Owner): "alive" | "gone" | "unseen" {
  if (host !== hostname() || boot !== bootId() || theirs !== space()) return "unseen";
  if (!exists(pid)) return "gone";
  const now = startOf(pid);
  // Without start times the number may be another process's by now: the beat tells.
  if (now === undefined || started === null) return "unseen";
  return now.time === started && !now.ended ? "alive" : "gone";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === "EPERM";
  }
}

/** When a process began, by Linux's /proc/PID/stat; undefined where there is no such thing. */
function startOf(pid: number): { readonly time: string; readonly ended: boolean } | undefined {
  try {
    const isOwn = pid === process.pid;
    // In a container, /proc may be that of the machine: its numbers are others.
    if (!isOwn && readlinkSync("/proc/self") !== String(process.pid)) return undefined;
    const text = readFileSync(isOwn ? "/proc/self/stat" : `/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [state = "", time] = [fields[0], fields[19]];
    return time === undefined ? undefined : { time, ended: state === "Z" || state === "X" };
  } catch {
    return undefined;
  }
}

function bootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}

function space(): string | null {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}

function nameOf(seen: Seen | undefined): string {
  const owner = seen === undefined ? undefined : parse(seen.text);
  if (owner === undefined) return "somebody";
  return owner.host === hostname()
    ? `process ${owner.pid}`
    : `process ${owner.pid} on ${hostText(owner.host)}`;
}

/** A host's name comes from a file: no more than a name is shown of it. */
function hostText(host: string): string {
  return host.replace(/[^A-Za-z0-9._-]/g, "?").slice(0, 64);
}

function heldTooLong(path: string, seen: Seen | undefined): BallastError {
  return new BallastError("LOCKED", `${path} is held by ${nameOf(seen)}.`, {
    hint: "Wait until that process has ended, or end it. If there is none, delete the file.",
  });
}

function unwritable(path: string, cause: unknown): BallastError {
  return new BallastError("FILE_ERROR", `The lock ${path} can't be written.`, {
    hint: "Check the folder's permissions and free space.",
    cause,
  });
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
