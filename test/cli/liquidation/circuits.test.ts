import { describe, expect, it } from "vitest";
import { liquidationCircuits, liquidationKeys } from "../../../src/cli/liquidation/circuits.ts";
import type { LoadedKey } from "../../../src/prover/keys/load-key.ts";

const keyNamed = (circuitId: string) => ({ circuitId }) as unknown as LoadedKey;

describe("liquidationCircuits", () => {
  it.each([
    ["64x240", 64, "64x240_s35k2"],
    ["coverage_32x120_s35k2", 32, "32x120_s35k2"],
    ["4x8", 4, "4x8_s5k2"],
  ])("finds the companions of %s", (name, slots, size) => {
    const circuits = liquidationCircuits(name);
    expect(Object.fromEntries(Object.entries(circuits).map(([key, { name }]) => [key, name]))).toEqual({
      coverage: `coverage_${size}`,
      equity: `equity_${size}`,
      reduction: `reduction_${size}`,
      transfer: `transfer_${slots}`,
      deleverage: `deleverage_${slots}`,
    });
  });

  it("refuses a size that has none", () => {
    expect(() => liquidationCircuits("128x960")).toThrow(/No equity circuit goes with coverage_128x960/);
    expect(() => liquidationCircuits("transfer_64")).toThrow(/is no coverage circuit/);
  });
});

describe("liquidationKeys", () => {
  it("makes each key once, so many at a time, and says who has which", async () => {
    const circuits = liquidationCircuits("4x8");
    let [running, most] = [0, 0];
    const asked: string[] = [];
    const keys = await liquidationKeys(
      circuits,
      async ({ name }) => {
        asked.push(name);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        return keyNamed(name);
      },
      2,
    );
    expect(most).toBe(2);
    expect(asked.sort()).toEqual(
      Object.values(circuits)
        .map(({ name }) => name)
        .sort(),
    );
    for (const [statement, { name }] of Object.entries(circuits)) {
      expect(keys[statement as keyof typeof keys].circuitId).toBe(name);
    }
  });

  it("passes a failure on", async () => {
    const failing = liquidationKeys(liquidationCircuits("4x8"), async () => {
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
  });
});
