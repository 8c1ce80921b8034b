import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { endsWithUs } from "../../node/ending.ts";
import {
  placeFile,
  placeFolder,
  readJsonFile,
  removeUnfinished,
  temporaryName,
  writeFileAtomic,
} from "../../node/files.ts";
import { removeLeftovers } from "../../node/leftovers.ts";
import { type HeldLock, withLock } from "../../node/lock.ts";
import { diedOfMemory } from "../../node/memory.ts";
import { type CircuitInstance, listInstances } from "../circuits.ts";
import { type OnProgress, timed, waitsOf } from "../progress.ts";
import type { Artifacts, CircuitInfo } from "../prover.ts";
import { readR1cs } from "../r1cs-file.ts";
import { circuitFolder } from "./circuit-folder.ts";
import { ballastHome, circuitCache } from "./home.ts";
import { type CircuitSources, collectSources, compilerPath, stageSources } from "./sources.ts";

/** What identifies a circuit's source; every {@link CircuitInstance} is one. */
export type CircuitSource = Pick<CircuitInstance, "name" | "root" | "main">;

const hash = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);
const recordSchema = z.strictObject({
  format: z.literal("ballast.artifacts/1"),
  circuit: z.string(),
  r1csHash: hash,
  wasmHash: hash,
});

/** sha256 of a file's bytes, 0x and 64 hex digits. */
export function hashFile(path: string): `0x${string}` {
  return `0x${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}

/**
 * The compiled circuit: from the cache when the sources are unchanged and the files intact, else compiled
 * with circom 2.2.3 `--O2` in a child process.
 * @throws {BallastError} INVALID_ARTIFACT when a source is missing or the compiler refuses it; LOCKED, FILE_ERROR.
 */
export async function ensureArtifacts(circuit: CircuitSource, onProgress?: OnProgress): Promise<Artifacts> {
  const sources = sourcesOf(circuit);
  const folder = circuitCache(circuit.name, sources.hash);
  const cached = readCached(folder, circuit.name);
  if (cached !== undefined) return cached;
  const make = async (lock: HeldLock): Promise<Artifacts> => {
    const meanwhile = readCached(folder, circuit.name);
    if (meanwhile !== undefined) return meanwhile;
    removeUnfinished(folder);
    await compile(circuit, sources, folder, lock);
    const compiled = readCached(folder, circuit.name);
    if (compiled === undefined) {
      throw new BallastError("INVALID_ARTIFACT", `The compiled files of ${circuit.name} are not readable.`);
    }
    return compiled;
  };
  return timed(onProgress, "compile", circuit.name, () =>
    withLock(`${folder}.lock`, make, waitsOf(onProgress)),
  );
}

/** The folders of all instances as their sources are now. @throws {BallastError} as {@link ensureArtifacts}. */
export function circuitsInUse(): Set<string> {
  return new Set(listInstances().map((circuit) => circuitCache(circuit.name, sourcesOf(circuit).hash)));
}

/**
 * What the cache has of a circuit as it is now; nothing is compiled.
 * @throws {BallastError} INVALID_ARTIFACT when a source is missing.
 */
export function cachedArtifacts(circuit: CircuitSource): Artifacts | "absent" | "damaged" {
  const folder = circuitCache(circuit.name, sourcesOf(circuit).hash);
  return readCached(folder, circuit.name) ?? (existsSync(folder) ? "damaged" : "absent");
}

/** Sizes from the compiled circuit's header; compiles it first when needed. */
export async function circuitInfo(circuit: CircuitSource, onProgress?: OnProgress): Promise<CircuitInfo> {
  const { constraints, publicSignals, wires, domainPower } = readR1cs(
    (await ensureArtifacts(circuit, onProgress)).r1cs,
  );
  return { constraints, publicInputs: publicSignals, wires, domainPower };
}

function readCached(folder: string, name: string): Artifacts | undefined {
  const paths = {
    r1cs: join(folder, `${name}.r1cs`),
    wasm: join(folder, `${name}.wasm`),
    sym: join(folder, `${name}.sym`),
  };
  try {
    const record = recordSchema.parse(readJsonFile(join(folder, "artifacts.json"), "record"));
    const intact =
      record.circuit === name &&
      existsSync(paths.sym) &&
      hashFile(paths.r1cs) === record.r1csHash &&
      hashFile(paths.wasm) === record.wasmHash;
    return intact ? { ...paths, r1csHash: record.r1csHash, wasmHash: record.wasmHash } : undefined;
  } catch {
    return undefined; // absent, or damaged: compile again
  }
}

async function compile(
  circuit: CircuitSource,
  sources: CircuitSources,
  folder: string,
  lock: HeldLock,
): Promise<void> {
  removeLeftovers([ballastHome()]); // of compiles that were killed with their keepers
  const stage = temporaryName(folder);
  const output = join(stage, "out");
  try {
    mkdirSync(output, { recursive: true });
    stageSources(sources, stage);
    const main = `circuits/${circuit.main.replaceAll("\\", "/")}`;
    await runCompiler(circuit.name, [main, "-l", "circuits", "-l", "node_modules", "-o", "out"], stage);
    const built = basename(circuit.main, ".circom");
    const target = join(stage, "done");
    mkdirSync(target);
    placeFile(join(output, `${built}.r1cs`), join(target, `${circuit.name}.r1cs`));
    placeFile(join(output, `${built}.sym`), join(target, `${circuit.name}.sym`));
    placeFile(join(output, `${built}_js`, `${built}.wasm`), join(target, `${circuit.name}.wasm`));
    const record: z.infer<typeof recordSchema> = {
      format: "ballast.artifacts/1",
      circuit: circuit.name,
      r1csHash: hashFile(join(target, `${circuit.name}.r1cs`)),
      wasmHash: hashFile(join(target, `${circuit.name}.wasm`)),
    };
    writeFileAtomic(join(target, "artifacts.json"), `${JSON.stringify(record, null, 2)}\n`);
    lock.check();
    rmSync(folder, { recursive: true, force: true });
    placeFolder(target, folder);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function runCompiler(name: string, args: readonly string[], cwd: string): Promise<void> {
  const child = endsWithUs(() =>
    spawn(process.execPath, [compilerPath(), ...args, "--r1cs", "--wasm", "--sym", "--O2"], {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "" },
    }),
  );
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-8000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  if (code !== 0) {
    const died = diedOfMemory(`The circom compiler, at ${name},`, { code, signal, output });
    if (died !== undefined) throw died;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the compiler colours its messages
    const text = output.replace(/\u001b\[[0-9;]*m/g, "").trim();
    throw new BallastError("INVALID_ARTIFACT", `The circom compiler refused ${name}.`, {
      hint: text === "" ? `It ended with ${code ?? signal}.` : `It said:\n${text}`,
      details: { circuit: name },
    });
  }
}

/** All sources of a circuit. @throws {BallastError} INVALID_ARTIFACT when one is missing. */
export function sourcesOf(circuit: CircuitSource): CircuitSources {
  return collectSources(circuitFolder(circuit), circuit.main);
}
