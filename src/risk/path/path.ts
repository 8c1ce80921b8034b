import { BallastError } from "../../errors.ts";
import { LOT_LIMIT } from "../shape.ts";
import { emptyCertificate } from "./certificate.ts";
import { type Endpoint, findEndpoint, isConvex } from "./endpoint.ts";
import { type PreparedTask, prepareTask, shortOfTarget } from "./exact.ts";
import type { Solver } from "./programme.ts";
import { sliced } from "./slices.ts";
import type { FoundPath, NoPath, PathTask } from "./task.ts";

/** What the solver's cash is raised by for whole lots, as parts of it: first nothing. */
const RAISES = [LOT_LIMIT, 100_000n, 10_000n, 1_000n] as const;
const PRECISION = 1_000n;

/**
 * The cheapest path of an account to a target tier: trades within the ladders, in slices that each satisfy the rules of a reduction.
 * The solver proposes; requirement, tier, short gamma, penalty and cost of every slice are the reference model's, in exact integers.
 *
 * @returns the slices with a lower bound of the cost and its certificate, or the least cash with which there is a path.
 * @throws {BallastError} UNKNOWN_INSTRUMENT, INVALID_INPUT as `prepareTask`; OUT_OF_RANGE where no cash would do; INTERNAL where the solver
 *   fails.
 * @example
 * ```ts
 * import { liquidationPath, type PathTask } from "ballast";
 * import { loadHighs } from "ballast/node";
 * declare const task: PathTask;
 * const path = liquidationPath(task, await loadHighs());
 * if (path.found) console.log(path.slices.length, path.cost, path.bound);
 * ```
 */
export function liquidationPath(task: PathTask, solve: Solver): FoundPath | NoPath {
  const prepared = prepareTask(task);
  const { before } = prepared;
  const convex = isConvex(prepared);
  if (shortOfTarget(prepared, before) <= 0n) {
    const nothing = { slices: [], cost: 0n, bound: 0n, certificate: emptyCertificate(prepared) };
    return { found: true, before, ...nothing, convex };
  }
  const endpoint = findEndpoint(prepared, solve);
  const { end, bound, certificate } = endpoint;
  if (end === undefined) return { found: false, before, cash: cashLacking(prepared, endpoint, solve) };
  return {
    found: true,
    before,
    slices: sliced(prepared, solve, end),
    cost: end.cost,
    bound,
    certificate,
    convex,
  };
}

/**
 * Lots of cash with which the exact model finds a path: the solver's, or a little more. Where whole lots or legs need more than that, it
 * is looked for between that and what cures by itself, to one part in a thousand.
 */
function cashLacking({ task, microsPerLot }: PreparedTask, { cash }: Endpoint, solve: Solver): bigint {
  const funded = (lots: bigint) => {
    const paidIn = { instrumentId: task.settlementId, quantity: lots };
    return prepareTask({ ...task, positions: [...task.positions, paidIn] });
  };
  const first = BigInt(Math.ceil((cash * 1e6) / Number(microsPerLot)));
  for (const part of RAISES) {
    const lots = first + first / part;
    if (reaches(funded(lots), solve)) return lots;
  }
  let low = first;
  let high = first + 1n;
  for (; shortOfTarget(funded(high), funded(high).before) > 0n; high *= 2n)
    if (2n * high >= LOT_LIMIT)
      throw new BallastError("OUT_OF_RANGE", "No amount of cash brings the account to its target.", {
        hint: "The policy's haircut on the quote currency is too high for it.",
      });
  while (high - low > 1n + high / PRECISION) {
    const middle = (low + high) / 2n;
    if (reaches(funded(middle), solve)) high = middle;
    else low = middle;
  }
  return high;
}

function reaches(funded: PreparedTask, solve: Solver): boolean {
  return shortOfTarget(funded, funded.before) <= 0n || findEndpoint(funded, solve).end !== undefined;
}
