import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { checkShape, policyWidth, rowWidth, type Shape } from "../market/shape.ts";

/** Public signals that change from proof to proof, in the circuit's order; everything before them is cached. */
export const PROOF_SIGNALS = ["accountId", "commitment", "tier", "context"] as const;

/** One instantiated coverage circuit, as listed in `circuits/circuits.json`. */
export interface CircuitInstance {
  /** Unique name with its parameters, e.g. `coverage_64x240_s35k2`. */
  readonly name: string;
  readonly purpose: string;
  /** Folder that holds `main/`, the templates and `circuits.json`. */
  readonly root: string;
  /** The main component, relative to `root`. */
  readonly main: string;
  /** M: portfolio slots. */
  readonly slots: number;
  /** N: table rows. */
  readonly rows: number;
  readonly shape: Shape;
  /** Public inputs that depend on the snapshot alone: `N*(E+3) + 1 + 6K+4`. */
  readonly cachedInputs: number;
  /** All public inputs: the cached ones and the four of {@link PROOF_SIGNALS}. */
  readonly publicInputs: number;
  readonly signals: typeof PROOF_SIGNALS;
}

const entrySchema = z.strictObject({
  file: z.string(),
  template: z.string(),
  params: z.strictObject({
    SLOTS: z.int().min(1).max(128),
    ROWS: z.int().min(1).max(4096),
    SCENARIOS: z.int(),
    UNDERLYINGS: z.int(),
  }),
  purpose: z.string(),
});
const listSchema = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), entrySchema);

/** The package's own `circuits/` folder, from `src/` and from `dist/` alike. */
export const CIRCUITS_ROOT = fileURLToPath(new URL("../../circuits", import.meta.url));

/**
 * All instances, in the order of `circuits.json`.
 * @param root another circuits folder, for tests.
 * @throws {BallastError} INVALID_ARTIFACT when `circuits.json` is missing or malformed.
 */
export function listInstances(root: string = CIRCUITS_ROOT): CircuitInstance[] {
  const path = join(root, "circuits.json");
  let entries: z.infer<typeof listSchema>;
  try {
    entries = listSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new BallastError("INVALID_ARTIFACT", `The circuit list ${path} is missing or malformed.`, {
      hint: "Reinstall the package, or restore the file.",
      cause,
    });
  }
  return Object.entries(entries).map(([name, { purpose, params }]) => {
    const shape = { scenarios: params.SCENARIOS, underlyings: params.UNDERLYINGS };
    checkShape(shape);
    const cachedInputs = params.ROWS * rowWidth(shape) + 1 + policyWidth(shape);
    return {
      name,
      purpose,
      root,
      main: join("main", `${name}.circom`),
      slots: params.SLOTS,
      rows: params.ROWS,
      shape,
      cachedInputs,
      publicInputs: cachedInputs + PROOF_SIGNALS.length,
      signals: PROOF_SIGNALS,
    };
  });
}

/**
 * Finds an instance by its full name or by its size, e.g. `coverage_64x240_s35k2` or `64x240`.
 * @throws {BallastError} UNKNOWN_CIRCUIT when there is none, or the short name is ambiguous.
 */
export function instance(name: string, root: string = CIRCUITS_ROOT): CircuitInstance {
  const all = listInstances(root);
  const exact = all.find((candidate) => candidate.name === name);
  const matches =
    exact === undefined
      ? all.filter((candidate) => `${candidate.slots}x${candidate.rows}` === name)
      : [exact];
  const [found] = matches;
  if (found === undefined || matches.length > 1) {
    const known = all.map((candidate) => candidate.name).join(", ");
    throw new BallastError(
      "UNKNOWN_CIRCUIT",
      found === undefined ? `No circuit is called "${name}".` : `"${name}" names several circuits.`,
      { hint: `Use one of: ${known}.`, details: { circuit: name } },
    );
  }
  if (!existsSync(join(root, found.main))) {
    throw new BallastError("INVALID_ARTIFACT", `The source of ${found.name} is missing.`, {
      hint: `Expected it at ${join(root, found.main)}.`,
    });
  }
  return found;
}

/** Slots and rows as people say it: `64x240`. */
export function shortName(circuit: CircuitInstance): string {
  return `${circuit.slots}x${circuit.rows}`;
}
