import { encodeErrorResult, type Hex, stringToHex } from "viem";
import { describe, expect, it } from "vitest";
import { chainError, hintOf } from "../../src/chain/errors.ts";
import { contractErrorsAbi } from "../../src/chain/generated/contract-errors.ts";
import { BallastError } from "../../src/errors.ts";

describe("chain errors", () => {
  it("has a hint for every custom error of the contracts", () => {
    const without = contractErrorsAbi.map(({ name }) => name).filter((name) => hintOf(name) === undefined);
    expect(without).toEqual([]);
    expect(contractErrorsAbi.length).toBeGreaterThan(40);
  });

  it("has no hint that denies twice, and so says the reverse", () => {
    const twice = /\b(nobody|nothing|none)\b[^.:;,]*(n't|\bnot)\b/i;
    expect("Nobody can't approve anything.").toMatch(twice);
    const hints = contractErrorsAbi.map(({ name }) => hintOf(name) ?? "");
    expect(hints.filter((hint) => twice.test(hint))).toEqual([]);
  });

  it("finds the custom error wherever the library put its data", () => {
    const data = encodeErrorResult({ abi: contractErrorsAbi, errorName: "NotNewer", args: [1n, 2n, 3n] });
    const shapes = [
      { data },
      { cause: { raw: data } },
      { cause: { cause: { data: { data } } } },
      { info: { error: { data } } },
    ];
    for (const shape of shapes) {
      expect(chainError(shape, "attesting")).toMatchObject({
        code: "CHAIN_ERROR",
        shortMessage: "The chain refused attesting: NotNewer.",
        hint: hintOf("NotNewer"),
        details: { error: "NotNewer" },
      });
    }
  });

  it("writes names as text, and other bytes as they are", () => {
    const abi = contractErrorsAbi;
    const args = [stringToHex("softWindow", { size: 32 }), 1n] as const;
    const named = encodeErrorResult({ abi, errorName: "InvalidParameter", args });
    expect(chainError({ data: named }, "asking")).toMatchObject({
      details: { arguments: "softWindow, 1" },
    });
    const id: Hex = `0x${"20".repeat(31)}81`;
    const unnamed = encodeErrorResult({ abi, errorName: "UnknownCircuit", args: [id] });
    expect(chainError({ data: unnamed }, "asking")).toMatchObject({ details: { arguments: id } });
  });

  it("keeps other failures readable", () => {
    expect(chainError(new Error("socket hang up\nat somewhere"), "reading")).toMatchObject({
      shortMessage: "Failed while reading: socket hang up",
    });
    expect(chainError(undefined, "reading").shortMessage).toContain("the node gave no reason");
    const unknown = chainError({ data: "0xdeadbeef", message: "execution reverted" }, "reading");
    expect(unknown.shortMessage).toContain("execution reverted");
  });

  it("passes a BallastError on", () => {
    const error = new BallastError("INVALID_INPUT", "no");
    expect(chainError(error, "reading")).toBe(error);
  });
});
