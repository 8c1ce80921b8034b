/** A deterministic stream of integers: the same seed gives the same portfolios on every machine. */
export interface Random {
  /** An integer in [0, bound). */
  below(bound: number): number;
  /** An integer in [low, high]. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  chance(percent: number): boolean;
}

/** xorshift32 (Marsaglia 2003), seeded through a multiplicative hash so that neighbouring seeds differ. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
  const below = (bound: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
  for (let i = 0; i < 8; i++) below(2);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new RangeError("Nothing to pick from.");
    return item;
  };
  return { below, between: (low, high) => low + below(high - low + 1), pick, chance: (p) => below(100) < p };
}
