import type { Clock } from "../../clock.ts";
import { systemClock } from "../../clock.ts";

/** A clock that begins at a moment and runs so many times as fast as the world's. @param from Unix milliseconds. */
export function fastClock(from: bigint, speed: number): Clock {
  const begun = performance.now();
  return {
    now: () => from + BigInt(Math.floor((performance.now() - begun) * speed)),
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / speed, signal),
  };
}
