import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimOf } from "../../../src/chain/coverage/attest.ts";
import { coverageContext } from "../../../src/chain/coverage/context.ts";
import { toField } from "../../../src/math/field.ts";

const registry = "0x00000000000000000000000000000000000000Ff";

describe("coverageContext", () => {
  it("is the formula of the protocol", () => {
    // computed by ethers, not by this code
    expect(coverageContext({ chainId: 31_337, registry, deadline: 1_800_000_000n })).toBe(
      3187134915690537052379301007734581078974107679152397689810405522993125634889n,
    );
  });

  it("changes with chain, registry and deadline, and fits 253 bits", () => {
    const part = fc.tuple(
      fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
      fc.bigInt({ min: 0n, max: (1n << 160n) - 1n }),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    );
    const contextOf = ([chainId, address, deadline]: [bigint, bigint, bigint]) =>
      coverageContext({ chainId, registry: `0x${address.toString(16).padStart(40, "0")}`, deadline });
    fc.assert(
      fc.property(part, part, (a, b) => {
        expect(contextOf(a)).toBeLessThan(1n << 253n);
        expect(contextOf(a) === contextOf(b)).toBe(a.every((value, index) => value === b[index]));
      }),
      { seed: 20_260_205 },
    );
  });

  it("refuses what is no address, chain or deadline", () => {
    const bad = [
      { chainId: 1, registry: "0x12", deadline: 1n },
      { chainId: -1, registry, deadline: 1n },
      { chainId: 1, registry, deadline: -1n },
      { chainId: 1, registry, deadline: 1n << 64n },
    ] as const;
    for (const input of bad) expect(() => coverageContext(input)).toThrow(/address|deadline/);
  });
});

describe("claimOf", () => {
  const zero = { c0: 0n, c1: 0n };
  const file = {
    circuit: "coverage_4x8_s5k2",
    circuitId: "0x01",
    keyHash: "0x02",
    snapshotId: toField(3n),
    deadline: 4n,
    chainId: 31_337n,
    registry,
    signals: { accountId: toField(5n), commitment: toField(6n), tier: 1, context: toField(7n) },
    proof: { a: { x: 0n, y: 0n }, b: { x: zero, y: zero }, c: { x: 0n, y: 0n } },
  } as const;

  it("takes a proof of this deployment", () => {
    const claim = claimOf(file, { chainId: 31_337, coverageRegistry: registry });
    expect(claim).toMatchObject({ accountId: 5n, commitment: 6n, tier: 1, snapshotId: 3n, deadline: 4n });
  });

  it("refuses a proof for another chain or registry", () => {
    const refused = expect.objectContaining({ code: "INVALID_PROOF" });
    expect(() => claimOf(file, { chainId: 1, coverageRegistry: registry })).toThrow(refused);
    const other = "0x00000000000000000000000000000000000000aa";
    expect(() => claimOf(file, { chainId: 31_337, coverageRegistry: other })).toThrow(refused);
  });
});
