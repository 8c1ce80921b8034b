import { existsSync } from "node:fs";
import { BallastError } from "../../../errors.ts";
import { type CircuitInstance, listInstances } from "../../../prover/circuits.ts";
import { loadKey } from "../../../prover/keys/load-key.ts";
import { keyPaths } from "../../../prover/keys/manifest.ts";
import { cachedArtifacts } from "../../../prover/node/artifacts.ts";
import { recordedSizes } from "../../../prover/sizes-file.ts";
import type { Progress } from "../../progress.ts";
import { type Finding, fault, faultOf, note, ok } from "./finding.ts";

/** Compiled circuits and their keys, as far as they are here: every file is read. */
export async function checkCircuits(progress: Progress): Promise<Finding[]> {
  const instances = listInstances();
  const compiled: CircuitInstance[] = [];
  const keyed: CircuitInstance[] = [];
  const faults: Finding[] = [];
  for (const [i, circuit] of instances.entries()) {
    const found = await progress.part(i + 1, instances.length).step(circuit.name, () => inspect(circuit));
    if (found.compiled) compiled.push(circuit);
    if (found.keyed) keyed.push(circuit);
    faults.push(...found.faults);
  }
  const summary = [
    compiled.length === 0
      ? note(
          "circuits",
          "none is compiled yet",
          "The first command that needs one compiles it: a minute or so each.",
        )
      : ok("circuits", `${countOf(compiled, instances)} are compiled`),
    keyed.length === 0
      ? note("keys", "there are none yet", "A development key is enough for local chains.", ["setup.dev"])
      : ok("keys", `${countOf(keyed, instances)} have one`),
  ];
  return [...summary, ...faults];
}

/** `3 of 16, and 2 of 7 for tests`: those that `ballast circuits` lists, then the others. */
function countOf(some: readonly CircuitInstance[], all: readonly CircuitInstance[]): string {
  const of = (isWanted: (one: CircuitInstance) => boolean) =>
    `${some.filter(isWanted).length} of ${all.filter(isWanted).length}`;
  return `${of(({ purpose }) => purpose !== "tests only")}, and ${of(({ purpose }) => purpose === "tests only")} for tests,`;
}

async function inspect(circuit: CircuitInstance) {
  const artifacts = cachedArtifacts(circuit);
  if (artifacts === "absent") return { compiled: false, keyed: false, faults: [] };
  const check = `circuit ${circuit.name}`;
  if (artifacts === "damaged") {
    const hint = "The next command that needs it compiles it again.";
    return { compiled: false, keyed: false, faults: [fault(check, "its compiled files are damaged", hint)] };
  }
  const faults: Finding[] = [];
  const recorded = recordedSizes().get(circuit.name)?.r1csHash;
  if (recorded !== undefined && recorded !== artifacts.r1csHash)
    faults.push(
      fault(
        check,
        "is compiled to another circuit than the recorded one",
        "Are its sources changed? A check of all circuits tells more.",
        ["circuits.check"],
      ),
    );
  const hasKey = (["ceremony", "dev"] as const).some((kind) =>
    existsSync(keyPaths(artifacts.r1csHash, circuit.name, kind).zkey),
  );
  if (!hasKey) return { compiled: true, keyed: false, faults };
  try {
    await loadKey(circuit);
    return { compiled: true, keyed: true, faults };
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    faults.push(faultOf(`key of ${circuit.name}`, error, "Make the key again.", ["setup.force"]));
    return { compiled: true, keyed: false, faults };
  }
}
