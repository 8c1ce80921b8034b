import { BallastError } from "../errors.ts";
import { checkShape, policyWidth, rowWidth, type Shape } from "../risk/shape.ts";
import { CIRCUITS, SIGNALS } from "./generated/circuits.ts";

interface CircuitBase {
  /** Unique name with its parameters, e.g. `coverage_64x240_s35k2`. */
  readonly name: string;
  readonly purpose: string;
  /** Another folder of circuits than the package's, for tests. */
  readonly root?: string;
  /** The main component, relative to the folder of circuits. */
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

/** That an account is in breach, and the most that it is worth. */
export interface CeilingCircuit extends ShapedCircuit {
  readonly statement: "ceiling";
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

/** An account of an accounts tree. */
export interface MembershipCircuit extends CircuitBase {
  readonly statement: "membership";
  /** Levels of the accounts tree. */
  readonly depth: number;
}

/** A portfolio without positions. */
export interface EmptyCircuit extends CircuitBase {
  readonly statement: "empty";
  /** M: slots of the portfolio. */
  readonly slots: number;
}

/** A circuit over a public table: its cached inputs are table, snapshot id and policy. */
export type TableCircuit = CoverageCircuit | BatchCircuit | EquityCircuit | CeilingCircuit | ReductionCircuit;
/** One instantiated circuit, as listed in `circuits/circuits.json`. */
export type CircuitInstance =
  | TableCircuit
  | ReportCircuit
  | TransferCircuit
  | DeleverageCircuit
  | MembershipCircuit
  | EmptyCircuit;
export type Statement = CircuitInstance["statement"];

/** An entry of `circuits.json`, under its name. */
interface Entry<S extends Statement, Parameter extends string> {
  readonly name: string;
  readonly statement: S;
  readonly params: Readonly<Record<Parameter, number>>;
  readonly purpose: string;
}
type ShapeParameter = "SCENARIOS" | "UNDERLYINGS";
type TableParameter = "SLOTS" | "ROWS" | ShapeParameter;
export type CircuitEntry =
  | Entry<"coverage" | "equity" | "ceiling" | "reduction", TableParameter>
  | Entry<"solvency", "ACCOUNTS" | "DEPTH" | TableParameter>
  | Entry<"report", ShapeParameter>
  | Entry<"transfer" | "deleverage" | "empty", "SLOTS">
  | Entry<"membership", "DEPTH">;

let known: readonly CircuitInstance[] | undefined;

/**
 * All instances, in the order of `circuits/circuits.json`.
 * @example
 * ```ts
 * import { listInstances } from "ballast";
 * for (const { name, purpose } of listInstances()) console.log(name, purpose);
 * ```
 */
export function listInstances(): readonly CircuitInstance[] {
  known ??= CIRCUITS.map(circuitOf);
  return known;
}

/** All instances that prove a statement. */
export function instancesOf<S extends Statement>(statement: S): Extract<CircuitInstance, { statement: S }>[] {
  return listInstances().filter((circuit) => isOf(circuit, statement));
}

/**
 * Finds an instance by its full name or by its size, e.g. `coverage_64x240_s35k2` or `64x240`; a solvency batch is
 * `16x16x240`.
 * @throws {BallastError} UNKNOWN_CIRCUIT when there is none, or the short name is ambiguous.
 */
export function instance(name: string, all: readonly CircuitInstance[] = listInstances()): CircuitInstance {
  const exact = all.find((candidate) => candidate.name === name);
  const matches = exact === undefined ? all.filter((candidate) => shortName(candidate) === name) : [exact];
  const [found] = matches;
  if (found !== undefined && matches.length === 1) return found;
  throw new BallastError(
    "UNKNOWN_CIRCUIT",
    found === undefined ? `No circuit is called "${name}".` : `"${name}" names several circuits.`,
    {
      hint: `Use one of: ${all.map((candidate) => candidate.name).join(", ")}.`,
      details: { circuit: name },
    },
  );
}

/**
 * {@link instance} of one statement.
 * @throws {BallastError} UNKNOWN_CIRCUIT also when the name is another statement's.
 * @example
 * ```ts
 * import { instanceOf } from "ballast";
 * const { slots, rows } = instanceOf("coverage", "64x240");
 * ```
 */
export function instanceOf<S extends Statement>(
  statement: S,
  name: string,
): Extract<CircuitInstance, { statement: S }> {
  const found = instance(name);
  if (isOf(found, statement)) return found;
  const known = instancesOf(statement).map((candidate) => candidate.name);
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
export function tableInstance(name: string): TableCircuit {
  const found = instance(name);
  if (hasTable(found)) return found;
  const known = listInstances().filter(hasTable);
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
    case "ceiling":
    case "reduction":
      return `${circuit.statement}_${circuit.slots}x${circuit.rows}`;
    case "solvency":
      return `${circuit.accounts}x${circuit.slots}x${circuit.rows}`;
    case "report":
    case "transfer":
    case "deleverage":
    case "membership":
    case "empty":
      return circuit.name;
  }
}

/** Public signals of a report, in the circuit's order, element by element: `tier0` to `tier4`, `demand0` and so on. */
export function reportSignals(shape: Shape): string[] {
  const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`);
  return SIGNALS.report.flatMap((name) => {
    if (name === "tiers") return numbered("tier", 5);
    return name === "demand" ? numbered(name, 3 * shape.underlyings) : [name];
  });
}

function isOf<S extends Statement>(
  circuit: CircuitInstance,
  statement: S,
): circuit is Extract<CircuitInstance, { statement: S }> {
  return circuit.statement === statement;
}

/** The instance that an entry describes. @throws {BallastError} as `checkShape`. */
export function circuitOf(entry: CircuitEntry): CircuitInstance {
  const { name, purpose } = entry;
  const common = { name, purpose, main: `main/${name}.circom` };
  switch (entry.statement) {
    case "coverage":
    case "equity":
    case "ceiling":
    case "reduction":
      return { ...common, statement: entry.statement, ...overTable(entry.params, SIGNALS[entry.statement]) };
    case "solvency": {
      const { ACCOUNTS: accounts, DEPTH: depth } = entry.params;
      return {
        ...common,
        statement: "solvency",
        accounts,
        depth,
        ...overTable(entry.params, SIGNALS.solvency),
      };
    }
    case "report": {
      const shape = shapeOf(entry.params);
      return { ...common, statement: "report", shape, ...withoutTable(reportSignals(shape)) };
    }
    case "transfer":
    case "deleverage":
    case "empty": {
      const { SLOTS: slots } = entry.params;
      return { ...common, statement: entry.statement, slots, ...withoutTable(SIGNALS[entry.statement]) };
    }
    case "membership": {
      const { DEPTH: depth } = entry.params;
      return { ...common, statement: "membership", depth, ...withoutTable(SIGNALS.membership) };
    }
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
