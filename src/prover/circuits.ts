import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { checkShape, policyWidth, rowWidth, type Shape } from "../market/shape.ts";

/** Public signals of a coverage proof, in the circuit's order, after the cached ones. */
export const PROOF_SIGNALS = ["accountId", "commitment", "tier", "context"] as const;
/** Public signals of a solvency batch, in the circuit's order, after the cached ones. */
export const BATCH_SIGNALS = ["accountsRoot", "batchIndex", "stateIn", "stateOut", "context"] as const;

interface CircuitBase {
  /** Unique name with its parameters, e.g. `coverage_64x240_s35k2`. */
  readonly name: string;
  readonly purpose: string;
  /** Folder that holds `main/`, the templates and `circuits.json`. */
  readonly root: string;
  /** The main component, relative to `root`. */
  readonly main: string;
  readonly shape: Shape;
  /** N: table rows; 0 for a circuit that takes no table. */
  readonly rows: number;
  /** Public inputs that depend on the snapshot alone: `N*(E+3) + 1 + 6K+4`; 0 without a table. */
  readonly cachedInputs: number;
  /** All public inputs: the cached ones and `signals`. */
  readonly publicInputs: number;
  /** Public signals that change from proof to proof, in the circuit's order; arrays element by element. */
  readonly signals: readonly string[];
}

/** One account's margin tier. */
export interface CoverageCircuit extends CircuitBase {
  readonly statement: "coverage";
  /** M: portfolio slots. */
  readonly slots: number;
}

/** One batch of a solvency run. */
export interface BatchCircuit extends CircuitBase {
  readonly statement: "solvency";
  /** A: accounts of a batch, a power of two. */
  readonly accounts: number;
  /** M: slots of an account. */
  readonly slots: number;
  /** Levels of the accounts tree. */
  readonly depth: number;
}

/** The end of a solvency run. */
export interface ReportCircuit extends CircuitBase {
  readonly statement: "report";
}

/** One instantiated circuit, as listed in `circuits/circuits.json`. */
export type CircuitInstance = CoverageCircuit | BatchCircuit | ReportCircuit;
export type Statement = CircuitInstance["statement"];

const shapeParams = { SCENARIOS: z.int(), UNDERLYINGS: z.int() };
const tableParams = { SLOTS: z.int().min(1).max(128), ROWS: z.int().min(1).max(4096), ...shapeParams };
const entrySchema = z.strictObject({
  file: z.string(),
  template: z.string(),
  params: z.union([
    z.strictObject({ ACCOUNTS: z.int().min(2).max(64), DEPTH: z.int().min(2).max(27), ...tableParams }),
    z.strictObject(tableParams),
    z.strictObject(shapeParams),
  ]),
  purpose: z.string(),
});
type Entry = z.infer<typeof entrySchema>;
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
  return Object.entries(entries).map(([name, entry]) => describe(name, root, entry));
}

/** All instances that prove a statement. @throws {BallastError} as {@link listInstances}. */
export function instancesOf<S extends Statement>(
  statement: S,
  root: string = CIRCUITS_ROOT,
): Extract<CircuitInstance, { statement: S }>[] {
  return listInstances(root).filter((circuit) => isOf(circuit, statement));
}

/**
 * Finds an instance by its full name or by its size, e.g. `coverage_64x240_s35k2` or `64x240`; a solvency batch is
 * `16x16x240`.
 * @throws {BallastError} UNKNOWN_CIRCUIT when there is none, or the short name is ambiguous.
 */
export function instance(name: string, root: string = CIRCUITS_ROOT): CircuitInstance {
  const all = listInstances(root);
  const exact = all.find((candidate) => candidate.name === name);
  const matches = exact === undefined ? all.filter((candidate) => shortName(candidate) === name) : [exact];
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

/**
 * {@link instance} of one statement.
 * @throws {BallastError} UNKNOWN_CIRCUIT also when the name is another statement's.
 */
export function instanceOf<S extends Statement>(
  statement: S,
  name: string,
  root: string = CIRCUITS_ROOT,
): Extract<CircuitInstance, { statement: S }> {
  const found = instance(name, root);
  if (isOf(found, statement)) return found;
  const known = instancesOf(statement, root).map((candidate) => candidate.name);
  throw new BallastError("UNKNOWN_CIRCUIT", `${found.name} is no ${statement} circuit.`, {
    hint: `Use one of: ${known.join(", ")}.`,
    details: { circuit: name },
  });
}

/** What people call an instance by: `64x240` (slots x rows), `16x16x240` (accounts x slots x rows), or its name. */
export function shortName(circuit: CircuitInstance): string {
  switch (circuit.statement) {
    case "coverage":
      return `${circuit.slots}x${circuit.rows}`;
    case "solvency":
      return `${circuit.accounts}x${circuit.slots}x${circuit.rows}`;
    case "report":
      return circuit.name;
  }
}

/** Public signals of a report, in the circuit's order. */
export function reportSignals(shape: Shape): string[] {
  const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`);
  return [
    "batches",
    "state",
    ...numbered("tier", 5),
    "currentShortfall",
    "worstScenario",
    "worstShortfall",
    "cover1Scenario",
    "cover1Shortfall",
    "cover2Scenario",
    "cover2Shortfall",
    ...numbered("demand", 3 * shape.underlyings),
    "netting",
    "zeta",
    "context",
  ];
}

function isOf<S extends Statement>(
  circuit: CircuitInstance,
  statement: S,
): circuit is Extract<CircuitInstance, { statement: S }> {
  return circuit.statement === statement;
}

function describe(name: string, root: string, { purpose, params }: Entry): CircuitInstance {
  const shape = { scenarios: params.SCENARIOS, underlyings: params.UNDERLYINGS };
  checkShape(shape);
  const common = { name, purpose, root, main: join("main", `${name}.circom`), shape };
  if (!("ROWS" in params)) {
    const signals = reportSignals(shape);
    return {
      ...common,
      statement: "report",
      rows: 0,
      cachedInputs: 0,
      publicInputs: signals.length,
      signals,
    };
  }
  const rows = params.ROWS;
  const cachedInputs = rows * rowWidth(shape) + 1 + policyWidth(shape);
  const table = { ...common, rows, cachedInputs, slots: params.SLOTS };
  if (!("ACCOUNTS" in params)) {
    const publicInputs = cachedInputs + PROOF_SIGNALS.length;
    return { ...table, statement: "coverage", publicInputs, signals: PROOF_SIGNALS };
  }
  const publicInputs = cachedInputs + BATCH_SIGNALS.length;
  const { ACCOUNTS: accounts, DEPTH: depth } = params;
  return { ...table, statement: "solvency", accounts, depth, publicInputs, signals: BATCH_SIGNALS };
}
