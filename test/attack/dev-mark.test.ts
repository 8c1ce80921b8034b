import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadKey } from "../../src/prover/keys/load-key.ts";
import { keyPathsOf } from "../../src/prover/keys/manifest.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { errorOf, toy, useTemporaryHome } from "../prover/toy.ts";

const home = await useTemporaryHome();
const sha256 = (bytes: Buffer) => `0x${createHash("sha256").update(bytes).digest("hex")}`;

it("a dev key without its mark is a key to which nobody contributed, elsewhere and as the circuit's own", async () => {
  const dev = await setupDev(toy());
  const bytes = readFileSync(dev.zkeyPath);
  const plant = (path: string) => {
    writeFileSync(path, bytes);
    const manifest = { ...dev.manifest, dev: false, zkeyHash: sha256(bytes) };
    writeFileSync(keyPathsOf(path).manifest, JSON.stringify(manifest));
    return path;
  };
  // With the mark, a manifest that hides it is refused.
  expect(await errorOf(() => loadKey(toy(), { zkey: plant(join(home, "hidden.zkey")) }))).toMatchObject({
    code: "INVALID_KEY",
    shortMessage: expect.stringContaining("hides that it is a dev key"),
  });
  // The mark is 64 bytes at the start of section 10, which no hash covers that contracts or proofs know.
  let offset = 12;
  while (bytes.readUInt32LE(offset) !== 10) offset += 12 + Number(bytes.readBigUInt64LE(offset + 4));
  bytes.fill(0x5a, offset + 12, offset + 12 + 64);
  const refused = {
    code: "INVALID_KEY",
    shortMessage: expect.stringContaining("do not lead to the key's delta"),
  };
  const elsewhere = plant(join(home, "stripped.zkey"));
  expect(await errorOf(() => loadKey(toy(), { zkey: elsewhere }))).toMatchObject(refused);
  plant(dev.zkeyPath.replace(/\.dev\.zkey$/, ".zkey"));
  expect(await errorOf(() => loadKey(toy()))).toMatchObject(refused);
  expect((await loadKey(toy(), { kind: "dev" })).manifest.dev).toBe(true);
});
