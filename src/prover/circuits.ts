import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { readJsonFile } from "../node/files.ts";
import { checkShape, policyWidth, rowWidth, type Shape } from "../risk/shape.ts";

/** Public signals of a coverage proof, in the circuit's order, after the cached ones. */
export const PROOF_SIGNALS = ["accountId", "commitment", "tier", "context"] as const;
/** Public signals of a solvency batch, in the circuit's order, after the cached ones. */
export const BATCH_SIGNALS = ["accountsRoot", "batchIndex", "stateIn", "stateOut", "context"] as const;
/** Public signals of an equity proof, in the circuit's order, after the cached ones. */
export const EQUITY_SIGNALS = ["accountId", "commitment", "tier", "equity", "context"] as const;
/** Public signals of a reduction proof, in the circuit's order, after the cached ones. */
export const REDUCTION_SIGNALS = [
  "accountId",
  "oldCommitment",
  "newCommitment",
  "maxPenalty",
  "context",
] as const;
/** Public signals of a transfer proof, in the circuit's order. */
export const TRANSFER_SIGNALS = [
  "accountA",
  "oldA",
  "newA",
  "accountB",
  "oldB",
  "newB",
  "settlementId",
  "cash",
  "funding",
  "whole",
  "context",
] as const;
/** Public signals of a deleverage proof, in the circuit's order. */
export const DELEVERAGE_SIGNALS = [
  "accountId",
  "oldCommitment",
  "newCommitment",
  "settlementId",
  "instrumentId",
  "isShort",
  "closing",
  "open",
  "price",
  "closed",
  "context",
] as const;

interface CircuitBase {
  /** Unique name with its parameters, e.g. `coverage_64x240_s35k2`. */
  readonly name: string;
  readonly purpose: string;
  /** Folder that holds `main/`, the templates and `circuits.json`. */
  readonly root: string;
  /** The main component, relative to `root`. */
  readonly main: string;
  /** N: table rows; 0 for a circuit that takes no table. */
  readonly rows: number;
  /** Public inputs that depend on the snapshot alone: `N*(E+3) + 1 + 6K+4`; 0 without a table. */
  readonly cachedInputs: number;
  /** All public inputs: the cached ones and `signals`. */
  readonly publicInputs: number;
  /** Public signals that change from proof to proof, in the circuit's order; arrays element by element. */
  readonly signals: readonly string[];
}

/** A circuit that knows scenarios and underlyings. */
interface ShapedCircuit extends CircuitBase {
  readonly shape: Shape;
}

/** One account's margin tier. */
export interface CoverageCircuit extends ShapedCircuit {
  readonly statement: "coverage";
  /** M: portfolio slots. */
  readonly slots: number;
}

/** One batch of a solvency run. */
export interface BatchCircuit extends ShapedCircuit {
  readonly statement: "solvency";
  /** A: accounts of a batch, a power of two. */
  readonly accounts: number;
  /** M: slots of an account. */
  readonly slots: number;
  /** Levels of the accounts tree. */
  readonly depth: number;
}

/** The end of a solvency run. */
export interface ReportCircuit extends ShapedCircuit {
  readonly statement: "report";
}

/** One account's margin tier and its equity. */
export interface EquityCircuit extends ShapedCircuit {
  readonly statement: "equity";
  /** M: portfolio slots. */
  readonly slots: number;
}

/** A change of one account's portfolio that frees margin. */
export interface ReductionCircuit extends ShapedCircuit {
  readonly statement: "reduction";
  /** M: slots of each of the two portfolios. */
  readonly slots: number;
}

/** Positions and cash that move between two accounts, or into and out of one. */
export interface TransferCircuit extends CircuitBase {
  readonly statement: "transfer";
  /** M: slots of each of the four portfolios. */
  readonly slots: number;
}

/** One holder's part of a pro-rata closing. */
export interface DeleverageCircuit extends CircuitBase {
  readonly statement: "deleverage";
  /** M: slots of each of the two portfolios. */
  readonly slots: number;
}

/** A circuit over a public table: its cached inputs are table, snapshot id and policy. */
export type TableCircuit = CoverageCircuit | BatchCircuit | EquityCircuit | ReductionCircuit;
/** One instantiated circuit, as listed in `circuits/circuits.json`. */
export type CircuitInstance = TableCircuit | ReportCircuit | TransferCircuit | DeleverageCircuit;
export type Statement = CircuitInstance["statement"];

const slots = { SLOTS: z.int().min(1).max(128) };
const shapeParams = { SCENARIOS: z.int(), UNDERLYINGS: z.int() };
const tableParams = { ...slots, ROWS: z.int().min(1).max(4096), ...shapeParams };
const batchParams = { ACCOUNTS: z.int().min(2).max(64), DEPTH: z.int().min(2).max(27), ...tableParams };
const entry = <S extends Statement, P extends z.core.$ZodShape>(statement: S, params: P) =>
  z.strictObject({
    statement: z.literal(statement),
    file: z.string(),
    template: z.string(),
    params: z.strictObject(params),
    public: z.array(z.string()),
    purpose: z.string(),
  });
const entrySchema = z.discriminatedUnion("statement", [
  entry("coverage", tableParams),
  entry("equity", tableParams),
  entry("reduction", tableParams),
  entry("solvency", batchParams),
  entry("report", shapeParams),
  entry("transfer", slots),
  entry("deleverage", slots),
]);
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
    entries = listSchema.parse(readJsonFile(path, "circuit list"));
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

/** Whether a circuit takes a table. */
export function hasTable(circuit: CircuitInstance): circuit is TableCircuit {
  return circuit.rows > 0;
}

/**
 * {@link instance}, of a circuit that takes a table.
 * @throws {BallastError} UNKNOWN_CIRCUIT also when the named circuit takes none.
 */
export function tableInstance(name: string, root: string = CIRCUITS_ROOT): TableCircuit {
  const found = instance(name, root);
  if (hasTable(found)) return found;
  const known = listInstances(root).filter(hasTable);
  throw new BallastError("UNKNOWN_CIRCUIT", `${found.name} takes no table.`, {
    hint: `Use one of: ${known.map((candidate) => candidate.name).join(", ")}.`,
    details: { circuit: name },
  });
}

/** What people call an instance by: `64x240` (slots x rows), `16x16x240` (accounts x slots x rows), or its name. */
export function shortName(circuit: CircuitInstance): string {
  switch (circuit.statement) {
    case "coverage":
      return `${circuit.slots}x${circuit.rows}`;
    case "equity":
    case "reduction":
      return `${circuit.statement}_${circuit.slots}x${circuit.rows}`;
    case "solvency":
      return `${circuit.accounts}x${circuit.slots}x${circuit.rows}`;
    case "report":
    case "transfer":
    case "deleverage":
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

function describe(name: string, root: string, entry: Entry): CircuitInstance {
  const common = { name, purpose: entry.purpose, root, main: join("main", `${name}.circom`) };
  switch (entry.statement) {
    case "coverage":
      return { ...common, statement: "coverage", ...overTable(entry.params, PROOF_SIGNALS) };
    case "equity":
      return { ...common, statement: "equity", ...overTable(entry.params, EQUITY_SIGNALS) };
    case "reduction":
      return { ...common, statement: "reduction", ...overTable(entry.params, REDUCTION_SIGNALS) };
    case "solvency": {
      const { ACCOUNTS: accounts, DEPTH: depth } = entry.params;
      const table = overTable(entry.params, BATCH_SIGNALS);
      return { ...common, statement: "solvency", accounts, depth, ...table };
    }
    case "report": {
      const shape = shapeOf(entry.params);
      return { ...common, statement: "report", shape, ...withoutTable(reportSignals(shape)) };
    }
    case "transfer":
      return {
        ...common,
        statement: "transfer",
        slots: entry.params.SLOTS,
        ...withoutTable(TRANSFER_SIGNALS),
      };
    case "deleverage":
      return {
        ...common,
        statement: "deleverage",
        slots: entry.params.SLOTS,
        ...withoutTable(DELEVERAGE_SIGNALS),
      };
  }
}

/** The shape that the parameters name. @throws {BallastError} as `checkShape`. */
function shapeOf({ SCENARIOS, UNDERLYINGS }: { SCENARIOS: number; UNDERLYINGS: number }): Shape {
  const shape = { scenarios: SCENARIOS, underlyings: UNDERLYINGS };
  checkShape(shape);
  return shape;
}

/** What all circuits over a table have. */
function overTable(
  params: { SLOTS: number; ROWS: number; SCENARIOS: number; UNDERLYINGS: number },
  signals: readonly string[],
) {
  const { SLOTS: slots, ROWS: rows } = params;
  const shape = shapeOf(params);
  const cachedInputs = rows * rowWidth(shape) + 1 + policyWidth(shape);
  return { slots, rows, shape, cachedInputs, publicInputs: cachedInputs + signals.length, signals };
}

function withoutTable(signals: readonly string[]) {
  return { rows: 0, cachedInputs: 0, publicInputs: signals.length, signals };
}
