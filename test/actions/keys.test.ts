import { describe, expect, it } from "vitest";
import { liquidationKeys } from "../../src/actions/node/keys.ts";
import { liquidationCircuits } from "../../src/liquidation/circuits.ts";
import type { LoadedKey } from "../../src/prover/prover.ts";

const keyNamed = (circuitId: string) => ({ circuitId }) as unknown as LoadedKey;

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
