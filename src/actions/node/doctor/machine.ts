import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { anvilBinary } from "../../../chain/node/anvil.ts";
import { BallastError } from "../../../errors.ts";
import { writeScratch } from "../../../node/files.ts";
import { ballastHome } from "../../../prover/node/home.ts";
import { findRapidsnark } from "../../../prover/node/rapidsnark.ts";
import { type Finding, fault, faultOf, note, ok } from "./finding.ts";

/** The least that the package's `engines` demand, and as the code is tested. */
const LEAST_NODE = [20, 19] as const;

/** @param version as `process.versions.node`. */
export function checkNodeJs(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [least, leastMinor] = LEAST_NODE;
  if (major > least || (major === least && minor >= leastMinor)) return ok("Node.js", version);
  return fault("Node.js", version, `Install Node ${least}.${leastMinor} or newer.`);
}

/** Whether circuits and keys can be kept. What doesn't exist yet is made by the first command that needs it. */
export function checkHome(home: string = ballastHome()): Finding {
  const folder = nearest(home);
  const probe = join(folder, `.doctor-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    if (!statSync(folder).isDirectory()) throw new Error("a file");
    writeScratch(probe, "");
    rmSync(probe);
    return ok("home", existsSync(home) ? home : `${home}, not made yet`);
  } catch {
    return fault("home", `${home} can't be written`, "Set BALLAST_HOME to a folder that you may write.");
  }
}

const MIB = 2n ** 20n;
const ENOUGH = 2_048n * MIB;
const LEAST = 256n * MIB;

/** @param free bytes; default: what the home's disk has. */
export function checkDisk(home: string = ballastHome(), free?: bigint): Finding {
  const bytes = free ?? freeBytes(home);
  if (bytes === undefined) return note("disk", "free space is not known");
  const found = `${bytes / MIB} MiB free`;
  if (bytes >= ENOUGH) return ok("disk", found);
  const hint = "All circuits and keys take 2 GiB: make room, or set BALLAST_HOME to another disk.";
  return bytes >= LEAST ? note("disk", found, hint) : fault("disk", found, hint);
}

/** Whether the local node runs. @param binary default: the one that npm installed. */
export function checkAnvil(binary?: string): Finding {
  try {
    const { status, stdout } = spawnSync(binary ?? anvilBinary(), ["--version"], {
      encoding: "utf8",
      timeout: 30_000,
    });
    const version = /anvil [Vv]ersion:? *(\S+)/.exec(stdout ?? "")?.[1];
    if (status === 0) return ok("anvil", version === undefined ? "runs" : version);
    return fault("anvil", "does not run", "Install the dependencies again (npm ci) on this machine.");
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    return note("anvil", error.shortMessage, `${error.hint ?? ""} Only demo and devnet need it.`.trim());
  }
}

/** What proves. */
export async function checkBackend(): Promise<Finding> {
  try {
    const executable = await findRapidsnark();
    return ok("backend", executable === undefined ? "ballast" : `ballast, and rapidsnark at ${executable}`);
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    return faultOf("backend", error, "Use Ballast's own backend.", ["backend"]);
  }
}

/** A key's file: readable, a key, and readable by nobody else. The key itself is in no finding. */
export function checkKeyFile(path: string): Finding {
  const check = `key ${path}`;
  try {
    const { mode } = statSync(path);
    if (!/^0x[0-9a-fA-F]{64}$/.test(readFileSync(path, "utf8").trim()))
      return fault(check, "is no private key", "Write it as 0x and 64 hex digits.");
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      return fault(check, `others may read it (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${path}`);
    return ok(check, "for its owner only");
  } catch {
    return fault(check, "can't be read", "Check the path and who owns it.");
  }
}

/** The folder, or the nearest above it that exists. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function freeBytes(home: string): bigint | undefined {
  try {
    const { bavail, bsize } = statfsSync(nearest(home), { bigint: true });
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
