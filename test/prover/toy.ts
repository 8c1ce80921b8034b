import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { CircuitInstance } from "../../src/prover/circuits.ts";
import { instanceIn } from "../../src/prover/node/circuit-folder.ts";
import { copyCompiled } from "../helpers/compiled.ts";

export { type ToyWitness, toyWitness } from "./toy-witness.ts";

/** A circuits folder with two small circuits that have the coverage circuit's public interface. */
export const TOY_ROOT = fileURLToPath(new URL("../fixtures/circuits", import.meta.url));

export const toy = (): CircuitInstance => instanceIn(TOY_ROOT, "toy_2x4_s1k1");
export const other = (): CircuitInstance => instanceIn(TOY_ROOT, "other_2x5_s1k1");

/**
 * Gives the test file a BALLAST_HOME of its own, removed at the end.
 * @param compiled circuits that are compiled there already, as they are in the home that all others share.
 */
export async function useTemporaryHome(
  compiled: readonly CircuitInstance[] = [toy(), other()],
): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "ballast-test-"));
  await copyCompiled(compiled, home);
  const { BALLAST_HOME: before } = process.env;
  process.env["BALLAST_HOME"] = home;
  afterAll(() => {
    // Other files run in this process: what they compiled is in the home that was set before.
    if (before === undefined) delete process.env["BALLAST_HOME"];
    else process.env["BALLAST_HOME"] = before;
    rmSync(home, { recursive: true, force: true });
  });
  return home;
}

/** The error of a promise or function that must fail. */
export async function errorOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
