import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type CircuitInstance, instanceOf, type Statement } from "../../src/prover/circuits.ts";
import { ensureArtifacts, hashFile } from "../../src/prover/node/artifacts.ts";
import { CIRCUITS_ROOT } from "../../src/prover/node/circuit-folder.ts";
import { ballastHome } from "../../src/prover/node/home.ts";
import {
  collectSources,
  compilerPath,
  compilerVersion,
  stageSources,
} from "../../src/prover/node/sources.ts";
import { WitnessCalculator } from "../../src/prover/witness-calculator.ts";
import { type ConstraintSystem, loadSystem } from "./r1cs.ts";
import type { Inputs } from "./r1cs-forge.ts";

/** One circuit in two forms: as it is proven, and with every signal kept. */
export interface TestCircuit {
  /** Compiled with `--O2`, as for keys: witnesses are judged by this alone. */
  readonly real: ConstraintSystem;
  /** Compiled with `--O0`: only to carry values to all signals. */
  readonly full: ConstraintSystem;
  /** The witness of the generator that circom made for `real`. Throws where the generator refuses the inputs. */
  generate(inputs: Inputs): Promise<bigint[]>;
}

export interface Compilation {
  readonly ok: boolean;
  /** What the compiler printed, without colours. */
  readonly output: string;
  /** Path without its ending of the written files, when it succeeded. */
  readonly base: string;
}

export interface CompileOptions {
  /** Whether the witness generator is made too. Default: for `--O2`. */
  readonly generator?: boolean;
  /** A whole statement, and no gadget: it pays to optimise the compiler's own code before it is run. */
  readonly large?: boolean;
}

/** The witness generator is half of a compilation: it is left out where nobody calls it. */
const FLAGS = ["--r1cs", "--sym", "--inspect"];

/** An instance of `circuits.json` as it is proven. */
export async function openReal<S extends Statement>(statement: S, name: string) {
  const found = instanceOf(statement, name);
  const { r1cs, sym, wasm } = await ensureArtifacts(found);
  return { instance: found, real: loadSystem(r1cs, sym), generate: generatorOf(wasm) };
}

/** An instance in both forms. */
export async function openInstance<S extends Statement>(
  statement: S,
  name: string,
): Promise<TestCircuit & { readonly instance: Extract<CircuitInstance, { statement: S }> }> {
  const circuit = await openReal(statement, name);
  const source = readFileSync(join(CIRCUITS_ROOT, circuit.instance.main), "utf8");
  const full = compileText(name, source, "--O0", { large: true });
  if (!full.ok) throw new Error(full.output);
  return { ...circuit, full: loadSystem(`${full.base}.r1cs`, `${full.base}.sym`) };
}

/** A gadget with a main component of its own. `source` has pragma, includes (relative to circuits/), wrapper and main. */
export function openGadget(name: string, source: string): TestCircuit {
  const [real, full] = [compileText(name, source, "--O2"), compileText(name, source, "--O0")];
  if (!real.ok) throw new Error(real.output);
  return {
    real: loadSystem(`${real.base}.r1cs`, `${real.base}.sym`),
    full: loadSystem(`${full.base}.r1cs`, `${full.base}.sym`),
    generate: generatorOf(`${real.base}_js/${name}.wasm`),
  };
}

/**
 * Compiles circom text, cached by everything it includes. The compiler can't leave its working folder, so the
 * sources are copied into one.
 */
export function compileText(
  name: string,
  source: string,
  level: "--O0" | "--O2",
  { generator = level === "--O2", large = false }: CompileOptions = {},
): Compilation {
  const flags = [...FLAGS, ...(generator ? ["--wasm"] : []), level];
  const includes = [...source.matchAll(/^include "([^"]+)";/gm)].flatMap((match) => match[1] ?? []);
  const sources = includes.map((path) => collectSources(CIRCUITS_ROOT, path));
  const hash = createHash("sha256").update(`${compilerVersion()} ${flags.join(" ")}\n${source}\n`);
  for (const { hash: part } of sources) hash.update(part);
  const folder = join(
    ballastHome(),
    "test-circuits",
    `${name}-${level.slice(2)}-${hash.digest("hex").slice(0, 16)}`,
  );
  const [log, base] = [join(folder, "log.txt"), join(folder, name)];
  if (!isIntact(folder)) {
    const stage = `${folder}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
    const out = join(stage, "out");
    mkdirSync(out, { recursive: true });
    const files = new Map(sources.flatMap((part) => [...part.files]));
    stageSources({ files, hash: "" }, stage);
    writeFileSync(join(stage, `${name}.circom`), source);
    const args = [`${name}.circom`, "-l", "circuits", "-l", "node_modules", "-o", "out", ...flags];
    const engine = large ? [] : ["--liftoff-only"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...engine, compilerPath(), ...args], {
      cwd: stage,
      encoding: "utf8",
      maxBuffer: 1 << 26,
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the compiler colours its messages
    const text = `${stdout}${stderr}`.replace(/\u001b\[[0-9;]*m/g, "");
    writeFileSync(join(out, "log.txt"), `${status === 0 ? "ok" : "refused"}\n${text}`);
    writeFileSync(join(out, OUTPUTS), `${JSON.stringify(hashesOf(out), null, 2)}\n`);
    if (existsSync(folder) && !isIntact(folder)) rmSync(folder, { recursive: true, force: true });
    try {
      renameSync(out, folder);
    } catch (error) {
      if (!existsSync(log)) throw error; // else another worker was faster, and its files are as good
    }
    rmSync(stage, { recursive: true, force: true });
  }
  const [verdict = "", ...output] = readFileSync(log, "utf8").split("\n");
  return { ok: verdict === "ok", output: output.join("\n"), base };
}

/** The hashes of all files that a compilation left, in a file beside them. */
const OUTPUTS = "outputs.json";

function hashesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== OUTPUTS)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(files.map((path) => [relative(folder, path), hashFile(path)]));
}

/** Whether a compilation is there, and its files are those that it left. */
function isIntact(folder: string): boolean {
  const record = join(folder, OUTPUTS);
  return (
    existsSync(record) && readFileSync(record, "utf8") === `${JSON.stringify(hashesOf(folder), null, 2)}\n`
  );
}

function generatorOf(wasmPath: string): (inputs: Inputs) => Promise<bigint[]> {
  const code = readFileSync(wasmPath);
  let ready: Promise<WitnessCalculator> | undefined;
  return async (inputs) => {
    ready ??= WitnessCalculator.create(code);
    const calculator = await ready;
    try {
      return witnessValues(calculator.calculate(inputs));
    } catch (error) {
      ready = undefined; // a calculator can't be used again after a failure
      throw error;
    }
  };
}

/** All wires of a `.wtns` file. */
function witnessValues(file: Uint8Array): bigint[] {
  const [header, width] = [76, 32];
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  return Array.from({ length: (bytes.length - header) / width }, (_, wire) => {
    const offset = header + wire * width;
    return [24, 16, 8, 0].reduce((sum, limb) => (sum << 64n) | bytes.readBigUInt64LE(offset + limb), 0n);
  });
}
