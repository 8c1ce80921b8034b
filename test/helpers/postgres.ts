import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endsWithUs } from "../../src/node/ending.ts";

/** A PostgreSQL server of a test's own, in a temporary folder. */
export interface TestPostgres {
  readonly url: string;
  /** Ends it as a machine that goes down does, all sessions with it. */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same data and port. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Runs one of the server's programs, e.g. `pg_dump`, and gives what it prints. */
  run(program: string, args: readonly string[], input?: string): string;
}

/** Where Debian and others put the server's programs, the newest version first. */
function programs(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(":"),
  ];
  const found = folders.find((folder) => existsSync(join(folder, "initdb")));
  if (found === undefined)
    throw new Error(
      "These tests need a PostgreSQL server: apt-get install postgresql, or put initdb on the PATH.",
    );
  return found;
}

/** The server refuses to run as root: then it is Debian's own user, or nobody. */
function identity(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string, user: string): number =>
    Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  try {
    return { uid: id("-u", "postgres"), gid: id("-g", "postgres") };
  } catch {
    return { uid: id("-u", "nobody"), gid: id("-g", "nobody") };
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** @param durable whether it waits for the disk at each commit, as it does in life. Default: no. */
export async function startPostgres({ durable = false } = {}): Promise<TestPostgres> {
  const bin = programs();
  const as = identity();
  const folder = mkdtempSync(join(tmpdir(), "ballast-postgres-"));
  if (as !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "ballast", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...as,
    stdio: "pipe",
  });
  const port = await freePort();
  const options = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
  const fast = durable ? [] : ["-c", "fsync=off"];
  const url = `postgres://ballast@127.0.0.1:${port}/postgres`;
  let ended: Promise<unknown> = Promise.resolve();
  let kill = (_: NodeJS.Signals): void => {};
  const start = async (): Promise<void> => {
    const child = endsWithUs(() =>
      spawn(join(bin, "postgres"), [...options, ...fast], { ...as, stdio: "ignore" }),
    );
    ended = new Promise((resolve) => child.once("exit", resolve));
    kill = (signal) => void child.kill(signal);
    for (let tries = 0; ; tries++) {
      try {
        execFileSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)]);
        return;
      } catch (cause) {
        if (tries > 300 || child.exitCode !== null) throw new Error("PostgreSQL did not start.", { cause });
        await sleep(50);
      }
    }
  };
  await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    kill(signal);
    await ended;
  };
  return {
    url,
    start,
    crash: () => end("SIGQUIT"),
    run: (program, args, input) =>
      execFileSync(join(bin, program), args, {
        encoding: "utf8",
        maxBuffer: 1 << 28,
        ...(input === undefined ? {} : { input }),
      }),
    stop: async () => {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
