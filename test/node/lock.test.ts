import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import { withLock, withLockSync } from "../../src/node/lock.ts";
import { builtModule } from "../helpers/built.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-lock-"));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
/** Judges that would take a minute take moments here. */
const times = { poll: 5, tell: 0, silence: 300, empty: 50 };

/** A process with `withLock`, `path` and `fs` at hand. */
function start(path: string, body: string, wrapper: readonly string[] = []): ChildProcess {
  const module = builtModule("node/lock.ts");
  const script = `
    import * as fs from "node:fs";
    import { withLock, withLockSync } from ${JSON.stringify(module)};
    const path = ${JSON.stringify(path)};
    ${body}
  `;
  const node = [process.execPath, "--input-type=module", "-e", script];
  const [command = "", ...args] = [...wrapper, ...node];
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  children.push(child);
  return child;
}

function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

async function failureOf(work: () => Promise<unknown>): Promise<BallastError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof BallastError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

/** The text of a lock that this process holds, with changes. */
async function lockText(changes: object = {}): Promise<string> {
  const path = at("pattern.lock");
  const own = await withLock(path, async () => readFileSync(path, "utf8"));
  return JSON.stringify({ ...JSON.parse(own), token: "another", ...changes });
}

describe("a lock", () => {
  it("lets one in at a time, and is gone afterwards, also after a failure", async () => {
    const path = at("one.lock");
    const order: string[] = [];
    const job = (name: string) =>
      withLock(path, async () => {
        order.push(`${name} in`);
        await sleep(20);
        order.push(`${name} out`);
        if (name === "a") throw new Error("broken");
      });
    const a = job("a").catch((error: unknown) => String(error));
    await Promise.all([a, job("b")]);
    expect(await a).toBe("Error: broken");
    expect(order).toEqual(["a in", "a out", "b in", "b out"]);
    expect(readdirSync(folder).filter((name) => name.startsWith("one"))).toEqual([]);
  });

  it("says who is waited for, and after its limit what to do", async () => {
    const path = at("limit.lock");
    const said: string[] = [];
    await withLock(path, async () => {
      const options = { limit: 30, times, onWait: (message: string) => said.push(message) };
      const error = await failureOf(() => withLock(path, async () => {}, options));
      expect([error.code, error.shortMessage]).toEqual([
        "LOCKED",
        `${path} is held by process ${process.pid}.`,
      ]);
      expect(error.hint).toMatch(/Wait until .* delete the file/);
      expect(() => withLockSync(path, () => {}, { limit: 30, times })).toThrow(/is held by process/);
    });
    expect(said).toEqual([`waiting for process ${process.pid}, lock ${path}`]);
    expect(withLockSync(path, () => "in")).toBe("in");
  });

  it("is not left behind by a process that exits in the midst of its work", async () => {
    const path = at("exit.lock");
    const child = start(
      path,
      `await withLock(path, async () => { process.exit(fs.existsSync(path) ? 7 : 8); });`,
    );
    expect(await ended(child)).toBe(7);
    expect(existsSync(path)).toBe(false);
  });

  it("that somebody else has taken is left to them, and whoever lost it is told before it writes", async () => {
    const path = at("lost.lock");
    const theirs = await lockText();
    const error = await failureOf(() =>
      withLock(path, async (lock) => {
        lock.check();
        writeFileSync(path, theirs);
        lock.check();
      }),
    );
    expect([error.code, error.shortMessage]).toEqual([
      "LOCKED",
      `The lock ${path} was taken over by somebody else.`,
    ]);
    expect(readFileSync(path, "utf8")).toBe(theirs);
    rmSync(path);
  });
});

describe("a stale lock", () => {
  it("of a killed process is taken over", async () => {
    const path = at("killed.lock");
    const child = start(path, "await withLock(path, () => new Promise(() => setInterval(() => {}, 1000)));");
    await until(() => existsSync(path));
    child.kill("SIGKILL");
    expect(await ended(child)).toBe("SIGKILL");
    expect(existsSync(path)).toBe(true);
    expect(await withLock(path, async () => "in")).toBe("in");
  });

  it("is known when its process id is another process's by now, also when it is one's own", async () => {
    const path = at("again.lock");
    writeFileSync(path, await lockText({ started: "1" }));
    expect(await withLock(path, async () => "in", { limit: 2000, times })).toBe("in");
  });

  it.each([
    ["empty", ""],
    ["cut off", '{"format":"ballast.lock/1","tok'],
    ["an older version's", "1\n"],
    ["of no process", '{"format":"ballast.lock/1","token":"x","pid":-1,"host":"h"}'],
  ])("that names no owner is a leftover after a while: %s", async (name, text) => {
    const path = at(`${name}.lock`);
    writeFileSync(path, text);
    expect((await failureOf(() => withLock(path, async () => "in", { limit: 0, times }))).shortMessage).toBe(
      `${path} is held by somebody.`,
    );
    expect(await withLock(path, async () => "in", { times })).toBe("in");
    writeFileSync(path, text);
    expect(withLockSync(path, () => "in", { times })).toBe("in");
  });

  it.each([
    ["another host", { host: "elsewhere" }],
    ["another container", { space: "pid:[1]" }],
    ["another start of the machine", { boot: "0" }],
  ])("of %s counts as held as long as it beats", async (name, changes) => {
    const path = at(`${name}.lock`);
    writeFileSync(path, await lockText(changes));
    let beats = 0;
    const beat = setInterval(() => utimesSync(path, 1_000 + beats, 1_000 + ++beats), 20);
    const error = await failureOf(() => withLock(path, async () => "in", { limit: 900, times }));
    expect(error.code).toBe("LOCKED");
    expect(beats).toBeGreaterThan(0);
    clearInterval(beat);
    expect(await withLock(path, async () => "in", { times })).toBe("in");
  });

  it("shows only a host's name of what another machine wrote", async () => {
    const path = at("host.lock");
    writeFileSync(path, await lockText({ host: "a\u001b[2Jb" }));
    const error = await failureOf(() => withLock(path, async () => {}, { limit: 0, times }));
    expect(error.shortMessage).toBe(`${path} is held by process ${process.pid} on a??2Jb.`);
  });

  it("does not come of work that blocks the main thread: the beat goes on", async () => {
    const path = at("blocked.lock");
    start(
      path,
      `await withLock(path, async () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }, { times: { beat: 20 } });`,
    );
    await until(() => existsSync(path));
    const seen = new Set<number>();
    while (seen.size < 4) {
      seen.add(statSync(path).mtimeMs);
      await sleep(5);
    }
    expect(seen.size).toBe(4);
  });

  it("left in a folder that containers share is taken over, though node is process 1 in each", async () => {
    const unshare = ["unshare", "--pid", "--fork", "--kill-child"];
    // Where namespaces can't be made, it is the same with one.
    const wrapper = spawnSync("unshare", [...unshare.slice(1), "true"]).status === 0 ? unshare : [];
    const path = at("container.lock");
    const first = start(
      path,
      "await withLock(path, () => new Promise(() => setInterval(() => {}, 1000)));",
      wrapper,
    );
    await until(() => existsSync(path));
    first.kill("SIGKILL");
    await ended(first);
    expect(existsSync(path)).toBe(true);
    const second = start(
      path,
      "process.exit(await withLock(path, async () => 7, { times: { silence: 500 } }));",
      wrapper,
    );
    expect(await ended(second)).toBe(7);
    if (wrapper.length > 0) return;
    writeFileSync(path, await lockText({ pid: 1, started: "0" }));
    expect(await withLock(path, async () => 7)).toBe(7);
  });

  it("is taken over by one of many that wait for it", async () => {
    const path = at("many.lock");
    const [counter, inside] = [at("counter"), at("inside")];
    writeFileSync(counter, "0");
    writeFileSync(path, await lockText({ started: "1" }));
    const [workers, rounds] = [4, 25];
    // Each leaves the lock of a process that is gone, so that every entry is a takeover.
    const body = `
      const [counter, inside] = ${JSON.stringify([counter, inside])};
      for (let i = 0; i < ${rounds}; i++) {
        await withLock(path, async (lock) => {
          fs.mkdirSync(inside);
          const count = Number(fs.readFileSync(counter, "utf8"));
          await new Promise((resolve) => setTimeout(resolve, 1));
          lock.check();
          fs.writeFileSync(counter, String(count + 1));
          fs.rmdirSync(inside);
          const own = JSON.parse(fs.readFileSync(path, "utf8"));
          fs.writeFileSync(path + ".next", JSON.stringify({ ...own, token: "gone" + i + process.pid, started: "1" }));
          fs.renameSync(path + ".next", path);
        }, { times: { poll: 1 } });
      }
    `;
    const codes = await Promise.all(Array.from({ length: workers }, () => ended(start(path, body))));
    expect(codes).toEqual(new Array(workers).fill(0));
    expect(readFileSync(counter, "utf8")).toBe(String(workers * rounds));
  });
});

describe.runIf(process.platform !== "win32")("something else in a lock's place", () => {
  it("is an error, and is not waited for: a pipe", async () => {
    const path = at("pipe.lock");
    expect(spawnSync("mkfifo", [path]).status).toBe(0);
    await expect(withLock(path, async () => 1, { times })).rejects.toMatchObject({ code: "FILE_ERROR" });
    expect(() => withLockSync(path, () => 1, { times })).toThrow(/can't be read/);
  });
});
