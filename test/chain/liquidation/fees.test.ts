import { describe, expect, it } from "vitest";
import { ceilingOf, discounted, lotsOf } from "../../../src/chain/liquidation/fees.ts";
import { CEILING_LIMIT } from "../../../src/risk/ceiling.ts";
import { Random } from "../../helpers/synthetic.ts";

const SEED = 20_261_202;

describe("the ceiling of a price", () => {
  it.each([
    // Three quarters of an equity is the floor; a lot is a cent.
    [0n, 250_000n, 10_000n, 9_999n],
    [1n, 250_000n, 10_000n, 19_999n],
    [3n, 250_000n, 10_000n, 49_999n],
    [75_000n, 250_000n, 10_000n, 1_000_009_999n],
    // Nothing off: whatever makes no further lot.
    [5n, 0n, 1n, 5n],
    [5n, 0n, 7n, 41n],
    [5n, 500_000n, 7n, 76n],
    [(1n << 36n) - 1n, 500_000n, 1n << 63n, CEILING_LIMIT - 1n],
  ])("of %d lots at %d ppm off, a lot worth %d, is %d", (cash, discount, micros, ceiling) => {
    expect(ceilingOf(cash, discount, micros)).toBe(ceiling);
  });

  it(`is the floor's other side at every discount and lot (seed ${SEED})`, () => {
    const random = new Random(SEED);
    let capped = 0;
    for (let run = 0; run < 2_000; run++) {
      const cash = random.unsigned(1n << BigInt(1 + random.below(36)));
      const discount = random.unsigned(500_001n);
      const micros = 1n + random.unsigned(1n << BigInt(1 + random.below(64)));
      const isEnough = (equity: bigint): boolean => cash >= discounted(lotsOf(equity, micros), discount);
      const ceiling = ceilingOf(cash, discount, micros);
      const label = `${SEED}/${run}: ${cash} lots, ${discount} ppm, ${micros}`;
      for (const equity of [ceiling, random.unsigned(ceiling + 1n), 0n, -1n - random.unsigned(CEILING_LIMIT)])
        expect(isEnough(equity), label).toBe(true);
      if (ceiling === CEILING_LIMIT - 1n) capped++;
      else
        for (const more of [1n, 1n + random.unsigned(CEILING_LIMIT)])
          expect(isEnough(ceiling + more), label).toBe(false);
    }
    expect(capped).toBeGreaterThan(20);
  });
});
