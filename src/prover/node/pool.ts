import { availableParallelism } from "node:os";
import type { Prover } from "../prover.ts";

/** A proof keeps several cores busy by itself: on two cores, two at once were 3 % faster than one after the other. */
const CORES_A_PROVER = 4;
const MOST = 4;

/** How many provers this machine has use for. */
export function usefulProvers(cores = availableParallelism()): number {
  return Math.min(MOST, Math.max(1, Math.floor(cores / CORES_A_PROVER)));
}

/**
 * Several provers as one: each proof goes to the one with the fewest in hand. Ask for proofs together to have them made
 * together.
 *
 * @param provers at least one, all of one backend; `close` closes them all.
 */
export function proverPool(provers: readonly [Prover, ...Prover[]]): Prover {
  const [first] = provers;
  const inHand = new Map<Prover, number>(provers.map((prover) => [prover, 0]));
  const count = (prover: Prover, change: number): number => {
    const now = (inHand.get(prover) ?? 0) + change;
    inHand.set(prover, now);
    return now;
  };
  return {
    get backend() {
      return first.backend;
    },
    prove: async (request, onProgress) => {
      const prover = provers.reduce((least, next) => (count(next, 0) < count(least, 0) ? next : least));
      count(prover, 1);
      try {
        return await prover.prove(request, onProgress);
      } finally {
        count(prover, -1);
      }
    },
    close: async () => {
      await Promise.all(provers.map((prover) => prover.close()));
    },
  };
}
