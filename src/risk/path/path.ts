import { BallastError } from "../../errors.ts";
import { emptyCertificate } from "./certificate.ts";
import { type Endpoint, findEndpoint, isConvex } from "./endpoint.ts";
import { type PreparedTask, prepareTask, shortOfTarget } from "./exact.ts";
import type { Solver } from "./programme.ts";
import { sliced } from "./slices.ts";
import type { FoundPath, NoPath, PathTask } from "./task.ts";

/** So often the cash that is said to be lacking is raised until the reference model agrees. */
const RAISES = 12;

/**
 * The cheapest path of an account to a target tier: trades within the ladders, in slices that each satisfy the rules of a reduction.
 * The solver proposes; requirement, tier, short gamma, penalty and cost of every slice are the reference model's, in exact integers.
 *
 * @returns the slices with a lower bound of the cost and its certificate, or the least cash with which there is a path.
 * @throws {BallastError} UNKNOWN_INSTRUMENT, INVALID_INPUT as `prepareTask`; INTERNAL where the solver fails.
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

/** Lots of cash with which the exact model finds a path: from the solver's on, doubling what it is raised by. */
function cashLacking({ task, microsPerLot }: PreparedTask, { cash }: Endpoint, solve: Solver): bigint {
  const first = BigInt(Math.ceil((cash * 1e6) / Number(microsPerLot)));
  let more = 0n;
  for (let raise = 0; raise < RAISES; raise++) {
    const lots = first + more;
    const funded = prepareTask({ ...task, positions: [...task.positions, paidIn(task, lots)] });
    if (reaches(funded, solve)) return lots;
    more = more === 0n ? 1n + first / 100_000n : more * 2n;
  }
  throw new BallastError("INTERNAL", "No amount of cash near the solver's brings the account to its target.");
}

function reaches(funded: PreparedTask, solve: Solver): boolean {
  return shortOfTarget(funded, funded.before) <= 0n || findEndpoint(funded, solve).end !== undefined;
}

function paidIn({ settlementId }: PathTask, quantity: bigint) {
  return { instrumentId: settlementId, quantity };
}
