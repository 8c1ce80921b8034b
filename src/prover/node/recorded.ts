import type { CircuitInstance } from "../circuits.ts";
import type { OnProgress } from "../progress.ts";
import type { RecordedSize } from "../sizes-file.ts";
import { circuitInfo, ensureArtifacts } from "./artifacts.ts";

/** Whether compiling a circuit gives exactly what is recorded of it. @throws {BallastError} as `ensureArtifacts`. */
export async function isRecorded(
  circuit: CircuitInstance,
  recorded: RecordedSize,
  onProgress?: OnProgress,
): Promise<boolean> {
  const { r1csHash } = await ensureArtifacts(circuit, onProgress);
  const compiled = await circuitInfo(circuit);
  return (
    r1csHash === recorded.r1csHash &&
    compiled.constraints === recorded.constraints &&
    compiled.publicInputs === recorded.publicInputs &&
    compiled.wires === recorded.wires &&
    compiled.domainPower === recorded.domainPower
  );
}
