import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { withLock } from "../../src/node/lock.ts";
import { type CircuitInstance, instance } from "../../src/prover/circuits.ts";
import { writeDevKey } from "../../src/prover/keys/dev-key.ts";
import { registerKey } from "../../src/prover/keys/load-key.ts";
import { keyPaths } from "../../src/prover/keys/manifest.ts";
import { keyScalars } from "../../src/prover/keys/qap.ts";
import { ensureArtifacts, hashFile } from "../../src/prover/node/artifacts.ts";
import { ballastHome } from "../../src/prover/node/home.ts";
import { readR1cs } from "../../src/prover/r1cs-file.ts";
import { randomScalar } from "../../src/prover/scalars.ts";
import { simulateHere } from "./simulate-here.ts";
import { isKnown, writeTrapdoor } from "./trapdoor.ts";

/** What a home keeps beside keys: the suites with simulated proofs share it with the others. */
const SHARED = ["circuits", "test-circuits", "contracts", "solc"];

/** The instances that suites of whole systems run at. */
export const SMALL: readonly CircuitInstance[] = [
  "coverage_4x8_s5k2",
  "equity_4x8_s5k2",
  "ceiling_4x8_s5k2",
  "reduction_4x8_s5k2",
  "transfer_4",
  "deleverage_4",
  "empty_4",
  "solvency_2x4x8_s5k2_d4",
  "report_s5k2",
  "membership_d4",
].map((name) => instance(name));

/**
 * Proofs of this file are simulated: the instances get development keys whose secrets are known, and whoever asks snarkjs
 * for a proof in this process gets one that is made from them in milliseconds. Witnesses are made and held against every
 * constraint as before, and the proof verifies as any other does. For suites whose subject is what happens with proofs;
 * test/README.md lists where they must be real. Processes that a test starts prove for real, under the same keys, unless they are
 * started with `simulatingOptions`.
 * @param firstReal whether the first proof with each key is made for real all the same: what keys and prover come to, once.
 */
export function useSimulatedProofs(
  circuits: readonly CircuitInstance[],
  { firstReal = false }: { readonly firstReal?: boolean } = {},
): void {
  let undo = (): void => {};
  beforeAll(async () => {
    undo = await simulatedHome(circuits, firstReal);
  });
  afterAll(() => undo());
}

/** The same for a process that is no test's. @returns what undoes it. */
export async function simulatedHome(
  circuits: readonly CircuitInstance[],
  firstReal = false,
): Promise<() => void> {
  const { BALLAST_HOME: before } = process.env;
  process.env["BALLAST_HOME"] = openHome(ballastHome());
  const back = (): void => {
    if (before === undefined) delete process.env["BALLAST_HOME"];
    else process.env["BALLAST_HOME"] = before;
  };
  try {
    for (const circuit of circuits) await makeKnownKey(circuit);
  } catch (error) {
    back();
    throw error;
  }
  const undo = simulateHere(firstReal);
  return () => {
    undo();
    back();
  };
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

/** Makes a development key of the home, where there is none, and writes what it was made from beside it. */
export async function makeKnownKey(circuit: CircuitInstance): Promise<void> {
  const artifacts = await ensureArtifacts(circuit);
  const paths = keyPaths(artifacts.r1csHash, circuit.name, "dev");
  const made = (): boolean => existsSync(paths.manifest) && isKnown(paths.zkey);
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
    writeTrapdoor(paths.zkey, hashFile(paths.zkey), { alpha, beta, delta, ic });
    await registerKey(circuit, artifacts, paths);
  });
}
