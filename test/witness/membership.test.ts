import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, toField } from "../../src/math/field.ts";
import { leafOf, rootOf } from "../../src/portfolio/merkle.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { type MembershipRequest, membershipWitness } from "../../src/witness/membership.ts";
import { failure } from "../risk/fixtures.ts";

const small = instanceOf("membership", "membership_d4");
const REQUEST: MembershipRequest = {
  accountId: toField(7n),
  commitment: toField(FIELD_MODULUS - 1n),
  index: 11,
  path: [toField(1n), toField(2n), toField(3n), toField(4n)],
  context: toField(99n),
};

describe("membershipWitness", () => {
  it("has the root that the path leads to, and the signals in the circuit's order", () => {
    const { inputs, signals, publicSignals } = membershipWitness(small, REQUEST);
    expect(Object.keys(signals)).toEqual([...small.signals]);
    expect(publicSignals).toEqual([rootOf(leafOf(REQUEST), 11, REQUEST.path), 7n, FIELD_MODULUS - 1n, 99n]);
    expect(inputs).toEqual({ ...signals, indexBit: [1n, 1n, 0n, 1n], sibling: REQUEST.path });
  });

  it("refuses a path of another depth, and a place that the tree doesn't have", () => {
    for (const path of [REQUEST.path.slice(1), [...REQUEST.path, toField(5n)]])
      expect(failure(() => membershipWitness(small, { ...REQUEST, path }))).toMatchObject({
        code: "INVALID_INPUT",
      });
    for (const index of [16, -1, 1.5])
      expect(failure(() => membershipWitness(small, { ...REQUEST, index }))).toMatchObject({
        code: "OUT_OF_RANGE",
      });
  });
});
