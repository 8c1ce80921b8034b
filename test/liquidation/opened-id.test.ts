import { concatHex, keccak256, pad, stringToHex, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { isOpenedId, openedAccountId } from "../../src/liquidation/opened-id.ts";
import { FIELD_MODULUS } from "../../src/math/field.ts";
import { accountIdOf } from "../../src/portfolio/format.ts";

const PLACE = {
  chainId: 31_337,
  ledger: "0x00000000000000000000000000000000000000b2",
  opener: "0x00000000000000000000000000000000000000A1",
  n: 7n,
} as const;

describe("the id of an account that somebody opens", () => {
  it("is what the contract hashes, in the range that is kept for it", () => {
    const words = [
      keccak256(stringToHex("ballast.account.id.v1")),
      toHex(31_337n, { size: 32 }),
      pad(PLACE.ledger),
      pad(PLACE.opener),
      toHex(7n, { size: 32 }),
    ];
    const hash = BigInt(keccak256(concatHex(words)));
    expect(openedAccountId(PLACE)).toBe(2n ** 253n + (hash >> 4n));
  });

  it("fits the field, whatever it is hashed from", () => {
    const largest = 2n ** 253n + ((2n ** 256n - 1n) >> 4n);
    expect(largest).toBeLessThan(FIELD_MODULUS);
  });

  it.each([
    ["chainId", 1],
    ["ledger", "0x00000000000000000000000000000000000000b3"],
    ["opener", "0x00000000000000000000000000000000000000A2"],
    ["n", 8n],
  ])("is another for another %s", (name, value) => {
    expect(openedAccountId({ ...PLACE, [name]: value })).not.toBe(openedAccountId(PLACE));
  });

  it("is no name's: those are below 2^253", () => {
    expect(isOpenedId(openedAccountId(PLACE))).toBe(true);
    for (const name of ["desk", "house", "", "0x1", `0x${(2n ** 253n - 1n).toString(16)}`])
      expect(isOpenedId(accountIdOf(name))).toBe(false);
    expect(isOpenedId(2n ** 253n - 1n)).toBe(false);
    expect(isOpenedId(2n ** 253n)).toBe(true);
  });
});
