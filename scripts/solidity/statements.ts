import { BallastError } from "../../src/errors.ts";
import type { CircuitInstance, Statement } from "../../src/prover/circuits.ts";

/** A parameter of an instance, as its verifier keeps it. */
export interface Parameter {
  /** Name in the constructor's struct, and of the property of the instance. */
  readonly field: "accounts" | "slots" | "rows" | "scenarios" | "underlyings" | "depth";
  /** What stands before it in the instance's name. */
  readonly before: string;
  readonly notice: string;
  /** Readable by its own name; the table's parameters are read by `table()`. */
  readonly isPublic: boolean;
}

/** What the contracts of a statement are made of. */
export interface StatementSpec {
  readonly statement: Statement;
  /** What the contract says it proves: at most eight ASCII characters. */
  readonly kind: string;
  /** Prefix of its contracts. */
  readonly contract: string;
  /** In the order of the instance's name. */
  readonly parameters: readonly Parameter[];
  /** Whether a table point stands for the cached inputs; without one the verifier holds IC_0 itself. */
  readonly hasTable: boolean;
  /** Public inputs that are arrays: the name of an element, and how many there are. */
  readonly arrays: Readonly<Record<string, { element: string; length(underlyings: number): number }>>;
  /** The only K that the number of signals allows; undefined if they don't depend on it. */
  readonly fixedUnderlyings?: number;
}

/** The cached inputs, in order: the table point stands for them. */
const CACHED_SIGNALS = ["table", "snapshotId", "policy"];

const rows: Parameter = {
  field: "rows",
  before: "x",
  notice: "Rows of the instance's table.",
  isPublic: false,
};
const shape: readonly Parameter[] = [
  { field: "scenarios", before: "_s", notice: "Scenarios of its shape.", isPublic: false },
  { field: "underlyings", before: "k", notice: "Underlyings of its shape.", isPublic: false },
];

/** Parameters of a statement about portfolios over a table. */
const overTable = (statement: Statement): readonly Parameter[] => [
  {
    field: "slots",
    before: `${statement}_`,
    notice: "Positions that a portfolio of the instance can hold.",
    isPublic: true,
  },
  rows,
  ...shape,
];
/** Parameters of a statement about portfolios alone. */
const slotsOnly = (statement: Statement): readonly Parameter[] => overTable(statement).slice(0, 1);

/** Of a statement about an accounts tree. */
const depth: Parameter = {
  field: "depth",
  before: "_d",
  notice: "Levels of the accounts tree.",
  isPublic: true,
};

/** The statements, by the template of their circuits. */
export const STATEMENTS: Readonly<Record<string, StatementSpec>> = {
  Coverage: {
    statement: "coverage",
    kind: "coverage",
    contract: "Coverage",
    parameters: overTable("coverage"),
    hasTable: true,
    arrays: {},
  },
  Equity: {
    statement: "equity",
    kind: "equity",
    contract: "Equity",
    parameters: overTable("equity"),
    hasTable: true,
    arrays: {},
  },
  Ceiling: {
    statement: "ceiling",
    kind: "ceiling",
    contract: "Ceiling",
    parameters: overTable("ceiling"),
    hasTable: true,
    arrays: {},
  },
  Reduction: {
    statement: "reduction",
    kind: "reduce",
    contract: "Reduction",
    parameters: overTable("reduction"),
    hasTable: true,
    arrays: {},
  },
  SolvencyBatch: {
    statement: "solvency",
    kind: "solvency",
    contract: "Solvency",
    parameters: [
      { field: "accounts", before: "solvency_", notice: "Accounts of a batch.", isPublic: true },
      {
        field: "slots",
        before: "x",
        notice: "Positions that an account of the instance can hold.",
        isPublic: true,
      },
      rows,
      ...shape,
      depth,
    ],
    hasTable: true,
    arrays: {},
  },
  SolvencyReport: {
    statement: "report",
    kind: "report",
    contract: "Report",
    parameters: shape.map((parameter, i) => (i === 0 ? { ...parameter, before: "report_s" } : parameter)),
    hasTable: false,
    arrays: {
      tiers: { element: "tier", length: () => 5 },
      demand: { element: "demand", length: (underlyings) => 3 * underlyings },
    },
    fixedUnderlyings: 2,
  },
  Transfer: {
    statement: "transfer",
    kind: "transfer",
    contract: "Transfer",
    parameters: slotsOnly("transfer"),
    hasTable: false,
    arrays: {},
  },
  Deleverage: {
    statement: "deleverage",
    kind: "delever",
    contract: "Deleverage",
    parameters: slotsOnly("deleverage"),
    hasTable: false,
    arrays: {},
  },
  Membership: {
    statement: "membership",
    kind: "member",
    contract: "Membership",
    parameters: [{ ...depth, before: "membership_d" }],
    hasTable: false,
    arrays: {},
  },
  Empty: {
    statement: "empty",
    kind: "empty",
    contract: "Empty",
    parameters: slotsOnly("empty"),
    hasTable: false,
    arrays: {},
  },
};

/** Value of a parameter. @throws {BallastError} INVALID_ARTIFACT when the instance has none. */
function parameterOf(circuit: CircuitInstance, { field }: Parameter): number {
  const shape = "shape" in circuit ? circuit.shape : {};
  const value: unknown = { ...shape, ...circuit }[field as "rows"];
  if (typeof value === "number") return value;
  throw new BallastError("INVALID_ARTIFACT", `${circuit.name} has no ${field}.`);
}

/**
 * The per-proof signals of an instance, from the `public [...]` list of its main component.
 * @param publicList names as in the source, arrays as one.
 * @throws {BallastError} INVALID_ARTIFACT when they are not those of `src/prover/circuits.ts`, or the parameters don't
 *   make the instance's name.
 */
export function proofSignals(
  spec: StatementSpec,
  circuit: CircuitInstance,
  publicList: readonly string[],
): readonly string[] {
  const { name } = circuit;
  const expectedName = spec.parameters.map((p) => `${p.before}${parameterOf(circuit, p)}`).join("");
  if (name !== expectedName)
    throw new BallastError("INVALID_ARTIFACT", `${name}: its parameters make its name ${expectedName}.`);
  const cached = spec.hasTable ? CACHED_SIGNALS : [];
  if (publicList.slice(0, cached.length).join() !== cached.join())
    throw new BallastError("INVALID_ARTIFACT", `${name}: public inputs must start with the cached part.`);
  const signals = publicList.slice(cached.length).flatMap((input) => {
    const array = spec.arrays[input];
    if (array === undefined) return [input];
    return Array.from(
      { length: array.length("shape" in circuit ? circuit.shape.underlyings : 0) },
      (_, i) => `${array.element}${i}`,
    );
  });
  if (signals.join() !== circuit.signals.join())
    throw new BallastError(
      "INVALID_ARTIFACT",
      `${name}: its public inputs are ${signals.join(", ")}, but the prover's are ${circuit.signals.join(", ")}.`,
    );
  return signals;
}
