import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../src/clock.ts";

describe("the machine's clock", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("waits as long as it was asked to, also beyond what a timer takes", async () => {
    vi.useFakeTimers({ now: 1_000 });
    const woken: string[] = [];
    const [short, long] = [2_000, 2 ** 31 + 5_000];
    const waits = [
      systemClock.sleep(short).then(() => woken.push(`short at ${systemClock.now()}`)),
      systemClock.sleep(long).then(() => woken.push(`long at ${systemClock.now()}`)),
    ];
    await vi.advanceTimersByTimeAsync(short);
    expect(woken).toEqual(["short at 3000"]);
    await vi.advanceTimersByTimeAsync(long - short - 1);
    expect(woken).toEqual(["short at 3000"]);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(waits);
    expect(woken).toEqual(["short at 3000", `long at ${1_000 + long}`]);
  });

  it("wakes early, with the signal's reason, when it is told to", async () => {
    vi.useFakeTimers();
    const ending = new AbortController();
    const wait = expect(systemClock.sleep(60_000, ending.signal)).rejects.toThrow("the end");
    ending.abort(new Error("the end"));
    await wait;
    expect(vi.getTimerCount()).toBe(0);
    await expect(systemClock.sleep(60_000, ending.signal)).rejects.toThrow("the end");
  });
});
