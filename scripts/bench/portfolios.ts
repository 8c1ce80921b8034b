import { createRandom } from "../../src/math/random.ts";
import { accountIdOf } from "../../src/portfolio/format.ts";
import type { Portfolio } from "../../src/portfolio/portfolio.ts";
import type { CoverageCircuit } from "../../src/prover/circuits.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";

/** Distinct accounts of the benchmark are spread by this, so that neighbouring seeds share none. */
const STRIDE = 10_007;
const MOST_LOTS = 1_000;

/**
 * A random book that fills every slot (or holds every row, where there are fewer): zeros would make proofs cheaper.
 * The same seed and index give the same portfolio on every machine.
 */
export function randomPortfolio(
  { slots }: Pick<CoverageCircuit, "slots">,
  { rows }: Pick<Snapshot, "rows">,
  seed: number,
  index: number,
): Portfolio {
  const random = createRandom(seed * STRIDE + index);
  const left = rows.map(({ instrumentId }) => instrumentId);
  const positions = Array.from({ length: Math.min(slots, rows.length) }, () => {
    const instrumentId = random.pick(left);
    left.splice(left.indexOf(instrumentId), 1);
    const lots = BigInt(random.between(1, MOST_LOTS));
    return { instrumentId, quantity: random.chance(50) ? lots : -lots };
  });
  const account = `bench ${seed}/${index}`;
  return {
    account,
    accountId: accountIdOf(account),
    positions: positions.sort((a, b) => a.instrumentId - b.instrumentId),
  };
}
