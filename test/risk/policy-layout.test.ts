import { describe, expect, it } from "vitest";
import { POLICY_BITS, policyLength, policyOrder, policyRules } from "../../src/risk/policy-layout.ts";

describe("policyRules", () => {
  it.each([1, 2, 8])("reads by name what policyOrder wrote for %d underlyings", (underlyings) => {
    const elements = Array.from({ length: policyLength(underlyings) }, (_, i) => BigInt(i));
    const rules = policyRules(elements, underlyings);
    expect(policyOrder(rules)).toEqual(elements);
    expect(rules.underlyings).toHaveLength(underlyings);
    expect(rules.underlyings[0]).toEqual({
      deltaMove: 0n,
      gammaMove: 1n,
      vegaMove: 2n,
      concRate: BigInt(3 * underlyings + 1),
      freeDelta: BigInt(3 * underlyings + 2),
      freeGamma: BigInt(3 * underlyings + 3),
    });
    expect(rules.maintenance).toBe(BigInt(6 * underlyings + 3));
  });

  it("refuses another number of elements", () => {
    for (const length of [0, 15, 17])
      expect(() => policyRules(new Array<bigint>(length).fill(1n), 2)).toThrow("16 elements");
  });

  it("knows the bits of every number", () => {
    const names = Object.keys(POLICY_BITS);
    const { underlyings, ...own } = policyRules(new Array<bigint>(10).fill(0n), 1);
    expect([...Object.keys(underlyings[0] ?? {}), ...Object.keys(own)].sort()).toEqual([...names].sort());
  });
});
