import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadSignatures, signatureFile } from "../../../src/chain/snapshot/signature-file.ts";
import { formatField } from "../../../src/math/field.ts";
import { ORACLE_ACCOUNTS, START, smallSnapshot } from "../system.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-signatures-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const snapshot = smallSnapshot(START);
const [one, other] = ORACLE_ACCOUNTS.map(({ address }) => address);
const signed = (signer: `0x${string}` | undefined, publishBy: bigint) =>
  signatureFile(snapshot, { signer: signer ?? "0x", signature: "0x12", publishBy });

function write(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const refused = (paths: readonly string[], says: RegExp, inputs: readonly string[]) =>
  expect(() => loadSignatures(paths, snapshot)).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", shortMessage: expect.stringMatching(says), inputs }),
  );

describe("signatures' files", () => {
  it("are read in the contract's order, with the time that all of them name", () => {
    const until = START + 900n;
    const paths = [write("a.json", signed(other, until)), write("b.json", signed(one, until))];
    const found = loadSignatures(paths, snapshot);
    expect(found.publishBy).toBe(until);
    const signers = found.signatures.map(({ signer }) => BigInt(signer));
    expect(signers).toEqual([BigInt(one ?? 0), BigInt(other ?? 0)].sort((a, b) => (a < b ? -1 : 1)));
  });

  it("of two times are refused: no contract would take them together", () => {
    const paths = [write("a.json", signed(one, START + 900n)), write("b.json", signed(other, START + 901n))];
    refused(paths, /good until different times/, ["sign.publishWithin"]);
  });

  it("of the earlier form say so, and what to do", () => {
    const old = { format: "ballast.signature/1", snapshotId: formatField(snapshot.snapshotId), signer: one };
    refused([write("old.json", { ...old, signature: "0x12" })], /doesn't say until when it is good/, [
      "sign",
    ]);
  });

  it("of another snapshot, or of nothing, are refused", () => {
    const elsewhere = {
      ...signed(one, START + 900n),
      snapshotId: formatField(smallSnapshot(START - 5n).snapshotId),
    };
    refused([write("elsewhere.json", elsewhere)], /under another snapshot/, []);
    refused([write("nothing.json", {})], /is not a signature/, []);
    const endless = { ...signed(one, START), publishBy: "for ever" };
    refused([write("endless.json", endless)], /is not a signature/, []);
  });
});
