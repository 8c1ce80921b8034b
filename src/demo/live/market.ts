import type { Clock } from "../../clock.ts";
import type { MarketChain } from "../../market/chain.ts";
import { sampleChain } from "../../market/sample.ts";
import type { Random } from "../../math/random.ts";
import { WAD, wad } from "../../math/wad.ts";
import type { MarketSource } from "../../venues/venue.ts";

/** The made-up market walks in steps of so many basis points at most, and stays within a band about where it began. */
const STEP = 60;
const BAND = 2_000;
const BASIS = 10_000n;

export interface LiveMarketOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Served milliseconds between two steps. */
  readonly step: number;
  /** Served milliseconds between two readings. */
  readonly every: number;
}

/** A market that nobody trades, which several look at. */
export class LiveMarket {
  readonly #options: LiveMarketOptions;
  #level = 0;
  #steppedAt: bigint;

  constructor(options: LiveMarketOptions) {
    this.#options = options;
    this.#steppedAt = options.clock.now();
  }

  /** It is at so many basis points from where it began, at once. */
  fallTo(basisPoints: number): void {
    this.#level = basisPoints;
    this.#steppedAt = this.#options.clock.now();
  }

  /** As somebody sees it, who reads a little more or less. @param noise basis points. */
  source(name: string, noise = 0): MarketSource {
    const { clock, every } = this.#options;
    const now = (): MarketChain => this.#now(noise);
    return {
      name,
      async *markets(signal) {
        while (!signal.aborted) {
          yield { reading: { venue: name, chain: now() } };
          await clock.sleep(every, signal).catch(() => {});
        }
      },
    };
  }

  #now(noise: number): MarketChain {
    const { clock, random, step } = this.#options;
    const time = clock.now();
    for (; time - this.#steppedAt >= BigInt(step); this.#steppedAt += BigInt(step)) {
      const next = this.#level + random.between(-STEP, STEP);
      this.#level = Math.min(BAND, Math.max(-BAND, next));
    }
    return chainAt((time / 1_000n) * 1_000n, this.#level + noise);
  }
}

/** The bundled sample, moved: volatility rises as the market falls. @param time Unix milliseconds. @param basisPoints of the index prices. */
export function chainAt(time: bigint, basisPoints: number): MarketChain {
  const spot = wad((BigInt(basisPoints) * WAD) / BASIS);
  const vol = wad((BigInt(Math.max(0, -2 * basisPoints)) * WAD) / BASIS);
  return sampleChain(time, { spot, vol });
}
