import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Hex } from "viem";
import { BallastError } from "../../errors.ts";
import { makeFolder, writeFileAtomic, writeNewFile } from "../../node/files.ts";
import { ballastHome } from "../../prover/node/home.ts";
import { type Policy, presetPolicy } from "../../risk/policy.ts";
import { PARAMETERS } from "../cascade/parameters.ts";

/** Where a local chain's files are. */
export interface DevnetFiles {
  readonly deployment: string;
  /** Where the snapshot is looked for: nobody has built it yet. */
  readonly snapshot: string;
  readonly environment: string;
  readonly keyOf: (name: string) => string;
}

/** @throws {BallastError} FILE_ERROR where the folder has files already, or can't be made. */
export function openDevnetFolder(folder: string): DevnetFiles {
  makeFolder(folder);
  if (readdirSync(folder).length > 0) {
    throw new BallastError("FILE_ERROR", `${folder} is not empty.`, {
      hint: "Its keys and addresses are those of a chain that is gone: remove it, or choose another folder.",
    });
  }
  const file = (name: string): string => join(resolve(folder), name);
  return {
    deployment: file("deployment.json"),
    snapshot: file("snapshot.json"),
    environment: file("on.sh"),
    keyOf: (name) => file(`${name}.key`),
  };
}

/** Writes a key for its owner only. @throws {BallastError} FILE_ERROR. */
export function writeKey(path: string, key: Hex): void {
  writeNewFile(path, `${key}\n`, 0o600);
}

/** The shortest windows that the contracts allow, for `ballast deploy --parameters`. @returns its path. */
export function writeParameters(folder: string): string {
  const parameters = { format: "ballast.liquidation-parameters/2", ...PARAMETERS };
  const path = join(folder, "parameters.json");
  writeJson(path, parameters);
  return path;
}

/** Scenarios of the small circuits' policy: a grid's two ends, and what ruins most. */
const SMALL = ["crash", "deep fall", "squeeze"];
const ENDS = [0, 8];

/** The policy `les` with as few scenarios as the smallest circuits take. */
export function smallPolicy(): Policy {
  const les = presetPolicy("les");
  const scenarios = les.scenarios.filter(({ name }, i) => ENDS.includes(i) || SMALL.includes(name));
  const description = "les under five of its scenarios: for trying things out.";
  return { ...les, name: "five-of-les", description, scenarios };
}

/** {@link smallPolicy} as a file. @returns its path. */
export function writeSmallPolicy(folder: string): string {
  const path = join(folder, "policy.json");
  writeJson(path, smallPolicy());
  return path;
}

/** The variables that the other commands read, and the options of `$ON` in docs/operate/liquidation.md. */
export function environmentOf(rpc: string, circuit: string, { deployment, snapshot }: DevnetFiles) {
  return {
    BALLAST_RPC: rpc,
    BALLAST_DEPLOYMENT: deployment,
    BALLAST_SNAPSHOT: snapshot,
    BALLAST_CIRCUIT: circuit,
    BALLAST_HOME: ballastHome(),
    ON: `--rpc ${rpc} --deployment ${deployment}`,
  };
}

/** For a shell: `. FOLDER/on.sh`. */
export function writeEnvironment(path: string, environment: Readonly<Record<string, string>>): void {
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  writeFileAtomic(path, `${lines.join("\n")}\n`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function writeJson(path: string, value: unknown): void {
  const text = JSON.stringify(value, (_, entry) => (typeof entry === "bigint" ? entry.toString() : entry), 2);
  writeFileAtomic(path, `${text}\n`);
}
