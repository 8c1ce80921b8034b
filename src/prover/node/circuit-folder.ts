import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { readJsonFile } from "../../node/files.ts";
import { type CircuitInstance, circuitOf, instance, type Statement } from "../circuits.ts";

const depth = { DEPTH: z.int().min(2).max(27) };
const slots = { SLOTS: z.int().min(1).max(128) };
const shape = { SCENARIOS: z.int(), UNDERLYINGS: z.int() };
const table = { ...slots, ROWS: z.int().min(1).max(4096), ...shape };
const batch = { ACCOUNTS: z.int().min(2).max(64), ...depth, ...table };
const entry = <S extends Statement, P extends z.core.$ZodShape>(statement: S, params: P) =>
  z.strictObject({
    statement: z.literal(statement),
    file: z.string(),
    template: z.string(),
    params: z.strictObject(params),
    public: z.array(z.string()).min(1),
    purpose: z.string(),
  });
const listSchema = z.record(
  z.string().regex(/^[a-z][a-z0-9_]*$/),
  z.discriminatedUnion("statement", [
    entry("coverage", table),
    entry("equity", table),
    entry("ceiling", table),
    entry("reduction", table),
    entry("solvency", batch),
    entry("report", shape),
    entry("transfer", slots),
    entry("deleverage", slots),
    entry("membership", depth),
    entry("empty", slots),
  ]),
);

/** The package's own `circuits/` folder, from `src/` and from `dist/` alike. */
export const CIRCUITS_ROOT = fileURLToPath(new URL("../../../circuits", import.meta.url));

/** Where a circuit's sources are. */
export function circuitFolder({ root }: Pick<CircuitInstance, "root">): string {
  return root ?? CIRCUITS_ROOT;
}

/** A folder's `circuits.json`. @throws {BallastError} INVALID_ARTIFACT when it is missing or malformed. */
export function readCircuitList(root: string): z.infer<typeof listSchema> {
  const path = join(root, "circuits.json");
  try {
    return listSchema.parse(readJsonFile(path, "circuit list"));
  } catch (cause) {
    throw new BallastError("INVALID_ARTIFACT", `The circuit list ${path} is missing or malformed.`, {
      hint: "Reinstall the package, or restore the file.",
      cause,
    });
  }
}

/** The instances of another circuits folder, for tests. @throws {BallastError} as {@link readCircuitList}. */
export function instancesIn(root: string): CircuitInstance[] {
  return Object.entries(readCircuitList(root)).map(([name, found]) => ({
    ...circuitOf({ name, ...found }),
    root,
  }));
}

/** An instance of another circuits folder, for tests. @throws {BallastError} as `instance` and {@link readCircuitList}. */
export function instanceIn(root: string, name: string): CircuitInstance {
  return instance(name, instancesIn(root));
}
