import { concatHex, keccak256, pad, stringToHex, toHex } from "viem";
import { describe, expect, it } from "vitest";
import {
  absorbPurpose,
  casePurpose,
  deleveragePurpose,
  factContext,
  HOUSE_PURPOSE,
  RELEASE_PURPOSE,
  TRADE_PURPOSE,
  transferContext,
} from "../../src/liquidation/purpose.ts";
import { FIELD_MODULUS } from "../../src/math/field.ts";

const ACTOR = "0x00000000000000000000000000000000000000A1";
const LEDGER = "0x00000000000000000000000000000000000000b2";

/** abi.encode of words, spelled out: what the module must hash. */
const hashOf = (...words: (bigint | string)[]) =>
  keccak256(
    concatHex(
      words.map((word) =>
        typeof word === "bigint" ? toHex(word, { size: 32 }) : pad(word as `0x${string}`, { size: 32 }),
      ),
    ),
  );
const text = (value: string) => stringToHex(value, { size: 32 });
const domain = (name: string) => keccak256(stringToHex(name));

describe("purposes", () => {
  it.each(["cure", "reduce", "award", "takeover"] as const)(
    "hash %s with case, version and actor",
    (action) => {
      expect(casePurpose({ action, caseId: 7n, version: 3, actor: ACTOR })).toBe(
        hashOf(text(action), 7n, 3n, ACTOR),
      );
    },
  );

  it("hash an action, and a subject where there is one", () => {
    expect(TRADE_PURPOSE).toBe(hashOf(text("trade")));
    expect(RELEASE_PURPOSE).toBe(hashOf(text("release")));
    expect(HOUSE_PURPOSE).toBe(hashOf(text("house")));
    expect(absorbPurpose(99n)).toBe(hashOf(text("absorb"), 99n));
    expect(deleveragePurpose(2n)).toBe(hashOf(text("deleverage"), 2n));
  });

  it("refuse what the contracts' types can't hold", () => {
    const base = { action: "cure", caseId: 1n, version: 1, actor: ACTOR } as const;
    for (const wrong of [
      { caseId: -1n },
      { caseId: 1n << 256n },
      { version: -1 },
      { version: 2 ** 32 },
      { version: 0.5 },
    ])
      expect(() => casePurpose({ ...base, ...wrong })).toThrow(
        expect.objectContaining({ code: "OUT_OF_RANGE" }),
      );
    expect(() => casePurpose({ ...base, actor: "0x12" })).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT" }),
    );
    expect(() => absorbPurpose(0n)).toThrow(expect.objectContaining({ code: "OUT_OF_RANGE" }));
    expect(() => deleveragePurpose(0n)).toThrow(expect.objectContaining({ code: "OUT_OF_RANGE" }));
  });
});

describe("contexts", () => {
  const place = {
    chainId: 31337,
    ledger: LEDGER,
    purpose: TRADE_PURPOSE,
    nonceA: 4,
    nonceB: 5,
    deadline: 1_800_000_000n,
  } as const;

  it("bind a transfer to chain, ledger, purpose, both nonces and deadline", () => {
    const hash = hashOf(
      ...[domain("ballast.transfer.context.v1"), 31337n, LEDGER, TRADE_PURPOSE],
      ...[4n, 5n, 1_800_000_000n],
    );
    expect(transferContext(place)).toBe(BigInt(hash) >> 3n);
  });

  it.each(["equity", "ceiling", "reduce", "delever", "member", "empty"] as const)(
    "bind %s to chain, ledger, statement and deadline",
    (kind) => {
      const hash = hashOf(domain("ballast.fact.context.v1"), 31337n, LEDGER, text(kind), 1_800_000_000n);
      expect(factContext(kind, place)).toBe(BigInt(hash) >> 3n);
    },
  );

  it("are field elements, and differ where anything does", () => {
    const changes = [
      { chainId: 1 },
      { ledger: ACTOR },
      { purpose: HOUSE_PURPOSE },
      { nonceA: 5 },
      { nonceB: 4 },
      { deadline: 1n },
      {},
    ];
    const contexts = changes.map((change) => transferContext({ ...place, ...change } as typeof place));
    expect(new Set(contexts).size).toBe(changes.length);
    expect(contexts.every((context) => context < FIELD_MODULUS)).toBe(true);
  });

  it("refuse numbers and addresses out of range", () => {
    for (const wrong of [{ nonceA: -1 }, { nonceB: 2 ** 32 }, { deadline: 1n << 64n }, { chainId: -1 }])
      expect(() => transferContext({ ...place, ...wrong })).toThrow(
        expect.objectContaining({ code: "OUT_OF_RANGE" }),
      );
    expect(() => transferContext({ ...place, ledger: "0xzz" as never })).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT" }),
    );
    expect(() => factContext("equity", { ...place, deadline: -1n })).toThrow(
      expect.objectContaining({ code: "OUT_OF_RANGE" }),
    );
  });
});
