import { describe, expect, it } from "vitest";
import { mapParallel } from "../src/parallel.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("mapParallel", () => {
  it("keeps the order, and to the number at a time", async () => {
    let [running, most] = [0, 0];
    const results = await mapParallel([3, 1, 2, 5, 4], 2, async (item, index) => {
      most = Math.max(most, ++running);
      for (let i = 0; i < item; i++) await tick();
      running--;
      return `${index}:${item}`;
    });
    expect(results).toEqual(["0:3", "1:1", "2:2", "3:5", "4:4"]);
    expect(most).toBe(2);
    expect(await mapParallel([], 2, tick)).toEqual([]);
    expect(await mapParallel([1], 0, async (item) => item)).toEqual([1]);
  });

  it("begins nothing after a failure, waits for what is under way, and throws the first", async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const all = mapParallel([0, 1, 2, 3], 2, async (item) => {
      begun.push(item);
      await tick();
      if (item === 0) throw new Error("first");
      await tick();
      ended.push(item);
      if (item === 1) throw new Error("second");
    });
    await expect(all).rejects.toThrow("first");
    expect([begun, ended]).toEqual([[0, 1], [1]]);
  });
});
