import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import * as z from "zod";
import { readJsonFile, writeFileAtomic } from "../../src/node/files.ts";
import { withLock } from "../../src/node/lock.ts";
import { type CircuitInstance, instance } from "../../src/prover/circuits.ts";
import { randomScalar, writeDevKey } from "../../src/prover/keys/dev-key.ts";
import { registerKey } from "../../src/prover/keys/load-key.ts";
import { keyPaths } from "../../src/prover/keys/manifest.ts";
import { keyScalars } from "../../src/prover/keys/qap.ts";
import { ensureArtifacts, hashFile } from "../../src/prover/node/artifacts.ts";
import { ballastHome } from "../../src/prover/node/home.ts";
import { SnarkjsBackend } from "../../src/prover/node/snarkjs.ts";
import { readR1cs } from "../../src/prover/r1cs-file.ts";
import { simulateProof, type Trapdoor } from "./simulator.ts";

/** What a home keeps beside keys: the suites with simulated proofs share it with the others. */
const SHARED = ["circuits", "test-circuits", "contracts", "solc"];

/** The instances that suites of whole systems run at. */
export const SMALL: readonly CircuitInstance[] = [
  "coverage_4x8_s5k2",
  "equity_4x8_s5k2",
  "reduction_4x8_s5k2",
  "transfer_4",
  "deleverage_4",
].map((name) => instance(name));

const scalar = z.string().regex(/^\d+$/).transform(BigInt);
const trapdoorSchema = z.strictObject({
  zkeyHash: z.string(),
  alpha: scalar,
  beta: scalar,
  delta: scalar,
  ic: z.array(scalar),
});

/**
 * Proofs of this file are simulated: the instances get development keys whose secrets are known, and whoever asks snarkjs
 * for a proof in this process gets one that is made from them in milliseconds. Witnesses are made and held against every
 * constraint as before, and the proof verifies as any other does. For suites whose subject is what happens with proofs;
 * test/README.md lists where they must be real. Processes that a test starts prove for real, under the same keys.
 */
export function useSimulatedProofs(circuits: readonly CircuitInstance[]): void {
  const { BALLAST_HOME: before } = process.env;
  const { prove } = SnarkjsBackend.prototype;
  beforeAll(async () => {
    process.env["BALLAST_HOME"] = openHome(ballastHome());
    for (const circuit of circuits) await makeKnownKey(circuit);
    SnarkjsBackend.prototype.prove = async (job, onProgress) =>
      simulateProof(job, readTrapdoor(job.key.zkeyPath, job.key.manifest.zkeyHash), onProgress);
  });
  afterAll(() => {
    SnarkjsBackend.prototype.prove = prove;
    if (before === undefined) delete process.env["BALLAST_HOME"];
    else process.env["BALLAST_HOME"] = before;
  });
}

/** A home of its own for known keys, inside of another, with whose compilations it works. */
function openHome(outer: string): string {
  const home = join(outer, "known-keys");
  mkdirSync(home, { recursive: true });
  for (const name of SHARED) {
    mkdirSync(join(outer, name), { recursive: true });
    try {
      symlinkSync(join("..", name), join(home, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return home;
}

const trapdoorPath = (zkey: string): string => zkey.replace(/\.zkey$/, ".trapdoor.json");

/** Makes a development key of the home, where there is none, and writes what it was made from beside it. */
export async function makeKnownKey(circuit: CircuitInstance): Promise<void> {
  const artifacts = await ensureArtifacts(circuit);
  const paths = keyPaths(artifacts.r1csHash, circuit.name, "dev");
  const made = (): boolean => existsSync(paths.manifest) && existsSync(trapdoorPath(paths.zkey));
  if (made()) return;
  mkdirSync(dirname(paths.zkey), { recursive: true });
  await withLock(`${paths.zkey}.lock`, async () => {
    if (made()) return;
    rmSync(paths.manifest, { force: true });
    const drawn = [randomScalar(), randomScalar(), randomScalar(), randomScalar()] as const;
    const [tau, alpha, beta, delta] = drawn;
    const left = [...drawn];
    await writeDevKey(artifacts.r1cs, artifacts.r1csHash, paths.zkey, () => {
      const next = left.shift();
      if (next === undefined) throw new Error("A development key is made from more than four secrets.");
      return next;
    });
    const { ic } = keyScalars(readR1cs(artifacts.r1cs), { tau, alpha, beta, delta });
    const trapdoor = { zkeyHash: hashFile(paths.zkey), alpha, beta, delta, ic };
    writeFileAtomic(
      trapdoorPath(paths.zkey),
      JSON.stringify(trapdoor, (_, value) => (typeof value === "bigint" ? value.toString() : value)),
    );
    await registerKey(circuit, artifacts, paths);
  });
}

const trapdoors = new Map<string, Trapdoor>();

/** @throws {Error} when nobody wrote down the secrets of a key. */
export function readTrapdoor(zkey: string, zkeyHash: string): Trapdoor {
  const known = trapdoors.get(zkeyHash);
  if (known !== undefined) return known;
  const path = trapdoorPath(zkey);
  if (!existsSync(path))
    throw new Error(`Nobody knows the secrets of ${zkey}: name its instance in useSimulatedProofs.`);
  const trapdoor = trapdoorSchema.parse(readJsonFile(path, "trapdoor"));
  if (trapdoor.zkeyHash !== zkeyHash) throw new Error(`${path} is another key's.`);
  trapdoors.set(zkeyHash, trapdoor);
  return trapdoor;
}
