import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, invert, reduce, toField } from "../../src/math/field.ts";
import {
  isNetted,
  NetPositions,
  Netting,
  nettingChallenge,
  reservesHash,
} from "../../src/portfolio/netting.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { SEED } from "../risk/fixtures.ts";

const root = toField(123_456_789n);
const snapshotId = toField(987_654_321n);
const challengeOf = (reserves: readonly Holding[]) =>
  nettingChallenge(root, snapshotId, reservesHash(reserves));
const holding = fc.record({
  instrumentId: fc.integer({ min: 1, max: 2 ** 20 - 1 }),
  quantity: fc.bigInt({ min: -(2n ** 36n) + 1n, max: 2n ** 36n - 1n }),
});
const book = fc.array(fc.array(holding, { maxLength: 6 }), { maxLength: 6 });

describe("the netting sum", () => {
  it("is that of the net positions, whoever holds them", () => {
    fc.assert(
      fc.property(book, (accounts) => {
        const netting = new Netting(challengeOf([]));
        const net = new NetPositions();
        for (const positions of accounts) net.add(positions);
        const total = accounts.reduce((sum, positions) => reduce(sum + netting.share(positions)), reduce(0n));
        expect(netting.share(net.open)).toBe(total);
        expect(net.open.every(({ quantity }) => quantity !== 0n)).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it("is what the circuit adds up: signed lots over zeta less the id", () => {
    const zeta = challengeOf([]);
    const positions = [
      { instrumentId: 7, quantity: 5n },
      { instrumentId: 8, quantity: -3n },
    ];
    const expected = 5n * invert(reduce(zeta - 7n)) - 3n * invert(reduce(zeta - 8n));
    expect(new Netting(zeta).share(positions)).toBe(reduce(expected));
  });

  it("fits its reserves and no others", () => {
    const reserves = [
      { instrumentId: 1, quantity: 1_000_000n },
      { instrumentId: 2, quantity: 77n },
    ];
    const zeta = challengeOf(reserves);
    const sum = new Netting(zeta).share([
      ...reserves,
      { instrumentId: 9, quantity: 4n },
      { instrumentId: 9, quantity: -4n },
    ]);
    expect(isNetted(sum, zeta, reserves)).toBe(true);
    for (const changed of [
      reserves.slice(1),
      [{ instrumentId: 1, quantity: 999_999n }, ...reserves.slice(1)],
      [{ instrumentId: 3, quantity: 1_000_000n }, ...reserves.slice(1)],
    ]) {
      expect(isNetted(sum, zeta, changed)).toBe(false);
    }
  });
});

describe("the netting challenge", () => {
  it("is 253 bits, and another for any other root, snapshot, asset, amount or order", () => {
    const reserves = [
      { instrumentId: 1, quantity: 5n },
      { instrumentId: 2, quantity: 6n },
    ];
    const hash = reservesHash(reserves);
    const challenges = [
      challengeOf(reserves),
      nettingChallenge(toField(1n), snapshotId, hash),
      nettingChallenge(root, toField(1n), hash),
      challengeOf([]),
      challengeOf(reserves.toReversed()),
      challengeOf([
        { instrumentId: 1, quantity: 6n },
        { instrumentId: 2, quantity: 6n },
      ]),
      challengeOf([
        { instrumentId: 1, quantity: 5n },
        { instrumentId: 3, quantity: 6n },
      ]),
    ];
    expect(new Set(challenges).size).toBe(challenges.length);
    expect(challenges.every((zeta) => zeta < 1n << 253n)).toBe(true);
  });

  // Found by an audit: with zeta = H(root, snapshot), reserves could be chosen when zeta was known.
  it("changes with reserves that were solved for a sum after it was known", () => {
    const honest = [{ instrumentId: 1, quantity: 100n }];
    const zeta = challengeOf(honest);
    const hidden = new Netting(zeta).share([
      { instrumentId: 1, quantity: 500n },
      { instrumentId: 70, quantity: 777n },
    ]);
    const solved = [{ instrumentId: 1, quantity: (hidden * reduce(zeta - 1n)) % FIELD_MODULUS }];
    expect(isNetted(hidden, zeta, solved)).toBe(true);
    const bound = challengeOf(solved);
    expect(bound).not.toBe(zeta);
    const held = [
      { instrumentId: 1, quantity: 500n },
      { instrumentId: 70, quantity: 777n },
    ];
    expect(isNetted(new Netting(bound).share(held), bound, solved)).toBe(false);
  });
});
