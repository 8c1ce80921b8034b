import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, toField } from "../../src/math/field.ts";
import { hash, hashDomain } from "../../src/math/poseidon.ts";
import { getElement, putElement } from "../../src/tree/element.ts";
import { createPairHasher } from "../../src/tree/pair-hasher.ts";
import { slowHash } from "../helpers/circuit-poseidon.ts";

const hasher = createPairHasher();
const fast = (tag: "account" | "node", left: bigint, right: bigint): bigint => {
  const bytes = Buffer.alloc(96, 0xff);
  putElement(bytes, 0, left);
  putElement(bytes, 32, right);
  hasher.hash(hashDomain(tag, 2), bytes, 0, bytes, 64);
  return getElement(bytes, 64);
};
const ends = [0n, 1n, 2n, (P - 1n) / 2n, P - 2n, P - 1n, (1n << 253n) - 1n, (1n << 128n) - 1n, 1n << 64n];
const element = fc.oneof(fc.constantFrom(...ends), fc.bigInt({ min: 0n, max: P - 1n }));

describe("the fast hash", () => {
  it("is the paper's Poseidon at the ends of the field", () => {
    for (const left of ends) expect(fast("node", left, 5n)).toBe(slowHash("node", [left, 5n], 1)[0]);
    for (const right of ends) expect(fast("account", 7n, right)).toBe(slowHash("account", [7n, right], 1)[0]);
  });

  it("equals src/math's on everything", () => {
    fc.assert(
      fc.property(element, element, fc.constantFrom("account", "node"), (left, right, tag) => {
        expect(fast(tag, left, right)).toBe(hash(tag, [left, right]));
      }),
      { numRuns: 400 },
    );
  });

  it("stays right over a chain of thousands, where a carry lost once would show at the end", () => {
    let bytes = Buffer.alloc(64);
    const domain = hashDomain("node", 2);
    for (let i = 0; i < 20_000; i++) {
      const next = Buffer.alloc(64);
      hasher.hash(domain, bytes, 0, next, i % 2 === 0 ? 0 : 32);
      bytes.copy(next, i % 2 === 0 ? 32 : 0, 0, 32);
      if (i % 100 === 0) {
        const expected = hash("node", [getElement(bytes, 0), getElement(bytes, 32)]);
        expect(getElement(next, i % 2 === 0 ? 0 : 32)).toBe(expected);
      }
      bytes = next;
    }
    expect(toField(getElement(bytes, 0))).not.toBe(0n);
  });
});
