import { tierIn } from "../../../src/liquidation/slice.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import { marketAt, START, type World } from "../../chain/liquidation/stage.ts";

export const FALLEN = "-0.05";

/** Short puts with the cash that puts them in a tier after the fall, and healthy before it. */
export function fallingInto(world: World, tier: number): readonly Holding[] {
  const fallen = marketAt(START, FALLEN);
  for (let coverage = 3_000_000n; coverage > 500_000n; coverage -= 10_000n) {
    const positions = world.funded({ "BTC-27MAR26-60000-P": -200n }, coverage);
    if (tierIn(fallen, positions) === tier && tierIn(world.snapshot, positions) <= 1) return positions;
  }
  throw new Error(`none falls into tier ${tier}`);
}
