import { BallastError } from "../../errors.ts";
import { lpText } from "./lp-text.ts";
import type { Programme, Solution, Solver } from "./programme.ts";

/** A mixed-integer programme's time, seconds, and how near to whole a choice must be; what it has by then is taken. */
const WHOLE = { time_limit: 5, mip_feasibility_tolerance: 1e-9 };

/**
 * HiGHS (https://highs.dev) compiled to WebAssembly, loaded on first use.
 * @returns a solver of one thread. It throws INTERNAL where HiGHS itself fails.
 * @example
 * ```ts
 * import { liquidationPath, type PathTask } from "ballast";
 * import { loadHighs } from "ballast/node";
 * declare const task: PathTask;
 * const path = liquidationPath(task, await loadHighs());
 * ```
 */
export async function loadHighs(): Promise<Solver> {
  const { default: module } = await import("highs");
  // The package's types are of its CommonJS build; what an import gives is the function itself.
  const load = module as unknown as typeof module.default;
  const highs = await load();
  return (programme) => {
    const whole = programme.columns.some(({ binary }) => binary);
    try {
      const options = { output_flag: false, ...(whole ? WHOLE : {}) };
      return solutionOf(programme, highs.solve(lpText(programme), options));
    } catch (cause) {
      throw new BallastError("INTERNAL", "The linear solver failed on the path's programme.", { cause });
    }
  };
}

/** What is read of HiGHS's answer. */
interface Answer {
  readonly Status: string;
  readonly Columns: Readonly<Record<string, object>>;
  readonly Rows: readonly object[];
}

function solutionOf({ columns, rows }: Programme, { Status, Columns, Rows }: Answer): Solution {
  if (Status !== "Optimal" && Status !== "Time limit reached") return {};
  const numberAt = (entry: object | undefined, key: string): number | undefined => {
    const value: unknown = entry === undefined ? undefined : Reflect.get(entry, key);
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  };
  const values = columns.map((_, i) => numberAt(Columns[`x${i}`], "Primal") ?? 0);
  const duals = rows.map((_, i) => numberAt(Rows[i], "Dual"));
  return { values, ...(duals.every((dual) => dual !== undefined) ? { duals } : {}) };
}
