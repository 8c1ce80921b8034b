import { join } from "node:path";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { readJsonFile } from "../node/files.ts";
import type { CircuitInstance } from "./circuits.ts";
import { CIRCUITS_ROOT, circuitFolder } from "./node/circuit-folder.ts";
import type { CircuitInfo } from "./prover.ts";

/** Sizes of an instance as they were when it was compiled last, with what they were compiled from and to. */
export interface RecordedSize extends CircuitInfo {
  /** First 16 hex digits of the hash of all sources and the compiler's version, as `collectSources` makes it. */
  readonly sourceHash: string;
  /** sha256 of the `.r1cs` file, 0x and 64 hex digits. */
  readonly r1csHash: string;
}

/** The file of {@link recordedSizes}, relative to the circuits folder. */
export const SIZES_FILE = "sizes.json";

const count = z.int().positive();
const sizesSchema = z.record(
  z.string(),
  z.strictObject({
    constraints: count,
    publicInputs: count,
    wires: count,
    domainPower: count,
    sourceHash: z.string().regex(/^[0-9a-f]{16}$/),
    r1csHash: z.string().regex(/^0x[0-9a-f]{64}$/),
  }),
);

/**
 * The sizes of all instances, read from `circuits/sizes.json` without compiling anything; by name, in the order of
 * `circuits.json`. `npm run generate` writes the file, `npm run generated:check` compares it with a compilation.
 * @param root another circuits folder, for tests.
 * @throws {BallastError} INVALID_ARTIFACT when the file is missing or malformed.
 */
export function recordedSizes(root: string = CIRCUITS_ROOT): ReadonlyMap<string, RecordedSize> {
  const path = join(root, SIZES_FILE);
  try {
    return new Map(Object.entries(sizesSchema.parse(readJsonFile(path, "file of circuit sizes"))));
  } catch (cause) {
    throw new BallastError("INVALID_ARTIFACT", `The circuits' sizes ${path} are missing or malformed.`, {
      hint: "Reinstall the package, or write them again with `npm run generate`.",
      cause,
    });
  }
}

/**
 * The recorded sizes of one instance.
 * @throws {BallastError} INVALID_ARTIFACT as {@link recordedSizes}, and when the instance is not in the file.
 */
export function recordedSize(circuit: Pick<CircuitInstance, "name" | "root">): RecordedSize {
  const size = recordedSizes(circuitFolder(circuit)).get(circuit.name);
  if (size !== undefined) return size;
  throw new BallastError("INVALID_ARTIFACT", `No sizes are recorded for ${circuit.name}.`, {
    hint: "Write them with `npm run generate`.",
    details: { circuit: circuit.name },
  });
}
