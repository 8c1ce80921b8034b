import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, toField } from "../../src/math/field.ts";
import { BASE_MODULUS } from "../../src/prover/curve.ts";
import { loadProofFile, saveProofFile } from "../../src/prover/proof-file.ts";
import { encodeProofFile, type ProofFile, parseProofFile } from "../../src/prover/proof-format.ts";
import { useTemporaryHome } from "./toy.ts";

const home = await useTemporaryHome();
const word = (value: bigint) => `0x${value.toString(16).padStart(64, "0")}`;

const file: ProofFile = {
  circuit: "coverage_64x240_s35k2",
  circuitId: `0x${"ab".repeat(32)}`,
  keyHash: `0x${"01".repeat(32)}`,
  snapshotId: toField(7n),
  deadline: 1_700_000_000n,
  chainId: 31337n,
  registry: "0x00000000000000000000000000000000000000ff",
  signals: { accountId: toField(1n), commitment: toField(FIELD_MODULUS - 1n), tier: 2, context: toField(3n) },
  proof: {
    a: { x: 1n, y: 2n },
    b: { x: { c0: 3n, c1: 4n }, y: { c0: 5n, c1: BASE_MODULUS - 1n } },
    c: { x: 0n, y: 8n },
  },
};
const json = (): Record<string, unknown> => JSON.parse(encodeProofFile(file));

describe("ballast.proof/1", () => {
  it("has the documented form", () => {
    expect(json()).toMatchObject({
      format: "ballast.proof/1",
      deadline: "1700000000",
      chainId: "31337",
      snapshotId: word(7n),
      signals: { tier: 2, commitment: word(FIELD_MODULUS - 1n) },
      proof: { b: { x: { c0: word(3n), c1: word(4n) } } },
    });
  });

  it("comes back the same from text and from disk", () => {
    const scalar = fc.bigInt(0n, FIELD_MODULUS - 1n).map((value) => toField(value));
    const base = fc.bigInt(0n, BASE_MODULUS - 1n);
    fc.assert(
      fc.property(
        scalar,
        scalar,
        base,
        base,
        fc.bigInt(0n, (1n << 64n) - 1n),
        fc.nat(4),
        (s, t, x, y, time, tier) => {
          const proof = { a: { x, y }, b: { x: { c0: y, c1: x }, y: { c0: x, c1: y } }, c: { x: y, y: x } };
          const signals = { accountId: s, commitment: t, tier, context: s };
          const some: ProofFile = { ...file, snapshotId: t, deadline: time, signals, proof };
          expect(parseProofFile(JSON.parse(encodeProofFile(some)))).toEqual(some);
        },
      ),
    );
    const path = join(home, "proof.json");
    saveProofFile(path, file);
    expect(loadProofFile(path)).toEqual(file);
  });

  it.each([
    ["format", "ballast.proof/2"],
    ["circuit", "../x"],
    ["circuitId", "0x12"],
    ["keyHash", null],
    ["snapshotId", word(FIELD_MODULUS)],
    ["deadline", "1.5"],
    ["deadline", (1n << 64n).toString()],
    ["deadline", "-1"],
    ["chainId", 31337],
    ["registry", "0x123"],
    ["signals", { accountId: word(1n), commitment: word(1n), tier: 5, context: word(1n) }],
    ["signals", { accountId: word(FIELD_MODULUS), commitment: word(1n), tier: 1, context: word(1n) }],
    ["proof", { a: { x: word(BASE_MODULUS), y: word(1n) } }],
    ["extra", 1],
  ])("refuses a wrong %s (%s)", (name, value) => {
    expect(() => parseProofFile({ ...json(), [name]: value })).toThrowError(
      expect.objectContaining({ code: "INVALID_PROOF" }),
    );
  });

  it("names the field that is wrong", () => {
    const signals = { ...file.signals, tier: 9 };
    expect(() => parseProofFile(JSON.parse(encodeProofFile({ ...file, signals })))).toThrowError(
      /signals\.tier/,
    );
  });

  it("refuses files that are missing or not JSON", () => {
    expect(() => loadProofFile(join(home, "gone.json"))).toThrowError(
      expect.objectContaining({ code: "FILE_ERROR" }),
    );
    writeFileSync(join(home, "text.json"), "proof");
    expect(() => loadProofFile(join(home, "text.json"))).toThrowError(
      expect.objectContaining({ code: "INVALID_PROOF" }),
    );
  });
});
