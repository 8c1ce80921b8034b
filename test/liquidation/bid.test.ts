import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatHex, getAddress, keccak256, pad, stringToHex, toHex } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Bid, bidHash, checkCommitted, randomBidSalt } from "../../src/liquidation/bid.ts";
import { loadBid, saveBid } from "../../src/liquidation/bid-file.ts";
import { thrownBy } from "./thrown.ts";

const BID: Bid = {
  chainId: 31337n,
  auction: getAddress(`0x${"a1".repeat(20)}`),
  caseId: 3n,
  version: 2,
  bidder: getAddress(`0x${"b2".repeat(20)}`),
  cash: 123_456_789n,
  salt: `0x${"5e".repeat(32)}`,
};

describe("bidHash", () => {
  it("is the hash over domain, chain, auction, case, version, bidder, cash and salt", () => {
    const { auction, bidder, salt } = BID;
    const words = [
      keccak256(stringToHex("ballast.bid.v1")),
      toHex(31337n, { size: 32 }),
      pad(auction, { size: 32 }),
      toHex(3n, { size: 32 }),
      toHex(2n, { size: 32 }),
      pad(bidder, { size: 32 }),
      toHex(123_456_789n, { size: 32 }),
      salt,
    ];
    expect(bidHash(BID)).toBe(keccak256(concatHex(words)));
  });

  it("takes 0 to 2^36 - 1 lots and nothing that Solidity's types don't hold", () => {
    expect(bidHash({ ...BID, cash: 0n })).not.toBe(bidHash({ ...BID, cash: (1n << 36n) - 1n }));
    for (const wrong of [{ cash: -1n }, { cash: 1n << 36n }, { version: 2 ** 32 }, { caseId: -1n }])
      expect(() => bidHash({ ...BID, ...wrong })).toThrow(expect.objectContaining({ code: "OUT_OF_RANGE" }));
    for (const wrong of [{ bidder: "0x12" as const }, { salt: "0x12" as const }])
      expect(() => bidHash({ ...BID, ...wrong })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("never comes twice from fresh salts", () => {
    const salts = Array.from({ length: 50 }, randomBidSalt);
    expect(new Set(salts.map((salt) => bidHash({ ...BID, salt }))).size).toBe(50);
  });
});

describe("a bid's file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ballast-bid-"));
    path = join(folder, "bid.json");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("comes back as it was written, readable by its owner only", () => {
    saveBid(path, BID);
    expect(loadBid(path)).toEqual(BID);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("is never overwritten", () => {
    saveBid(path, BID);
    expect(() => saveBid(path, { ...BID, cash: 1n })).toThrow(/exists already/);
    expect(loadBid(path)).toEqual(BID);
  });

  it("says what losing it means", () => {
    expect(() => loadBid(path)).toThrow(
      expect.objectContaining({ code: "FILE_ERROR", hint: expect.stringContaining("bond is lost") }),
    );
  });

  it("is refused when damaged, and not quoted", () => {
    saveBid(path, BID);
    const text = readFileSync(path, "utf8");
    for (const damaged of [
      text.slice(0, -5),
      text.replace('"version": 2', '"version": "2"'),
      text.replace("123456789", "0123456789"),
      text.replace("ballast.bid/1", "ballast.bid/2"),
      text.replace("{", '{"more":1,'),
    ]) {
      writeFileSync(path, damaged);
      const error = thrownBy(() => loadBid(path));
      expect(error).toMatchObject({ code: "INVALID_INPUT", hint: expect.stringContaining("bond is lost") });
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/5e5e5e|123456789/);
    }
  });

  it("must be the one that was committed", () => {
    checkCommitted(BID, bidHash(BID));
    for (const committed of [undefined, `0x${"00".repeat(32)}`, bidHash({ ...BID, cash: 1n })] as const)
      expect(() => checkCommitted(BID, committed)).toThrow(expect.objectContaining({ code: "BID_MISMATCH" }));
  });
});
