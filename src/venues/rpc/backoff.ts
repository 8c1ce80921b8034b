/** Milliseconds. */
const FIRST = 1000;
const LONGEST = 60_000;

/**
 * How long to wait before the next try: twice as long each time, up to a minute, and less by up to a half at random, so that not all who lost
 * a venue come back at once.
 *
 * @param tries that failed, one after the other; at least 1.
 * @param random in [0, 1).
 * @returns milliseconds.
 */
export function backoff(tries: number, random: number): number {
  return Math.round(Math.min(LONGEST, FIRST * 2 ** (tries - 1)) * (1 - random / 2));
}
