import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliJson, expectRefusal, type Folder, portfolio, temporaryFolder } from "./harness.ts";

interface SetupResult {
  readonly keys: readonly { readonly zkey: string; readonly manifest: Record<string, unknown> }[];
}

describe("prove with a key that isn't the circuit's", () => {
  let folder: Folder;
  let right: string;
  let wrong: string;
  let prove: (zkey: string) => string[];
  const manifestOf = (zkey: string) => zkey.replace(/\.zkey$/, ".manifest.json");
  const readManifest = (zkey: string) =>
    JSON.parse(readFileSync(manifestOf(zkey), "utf8")) as Record<string, unknown>;
  const sha256 = (path: string) => `0x${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
  /** A key of one's own making in the folder. */
  const plant = (name: string, zkey: string, manifest: unknown): string => {
    copyFileSync(zkey, folder.file(`${name}.zkey`));
    folder.writeJson(`${name}.manifest.json`, manifest);
    return folder.file(`${name}.zkey`);
  };

  beforeAll(async () => {
    folder = temporaryFolder();
    const { keys } = await cliJson<SetupResult>("setup", "--dev", "16x120", "4x8");
    [right = "", wrong = ""] = keys.map(({ zkey }) => zkey);
    const snapshot = folder.file("snapshot.json");
    await cliJson("snapshot", "build", "--rows", "12", "-o", snapshot);
    const path = folder.writeJson("portfolio.json", portfolio("desk", { USDC: "1" }));
    const output = ["-o", folder.file("proof.json"), "--opening", folder.file("opening.json")];
    prove = (zkey) => [
      "prove",
      "-s",
      snapshot,
      "-p",
      path,
      "--instance",
      "16x120",
      "--zkey",
      zkey,
      ...output,
    ];
  });
  afterAll(() => folder.remove());

  it("refuses the key of another instance", async () => {
    const refusal = { exit: 2, code: "KEY_MISMATCH", says: /made for coverage_4x8_s5k2[\s\S]*this circuit/ };
    await expectRefusal(folder.path, prove(wrong), refusal);
  });

  it("refuses it also under a manifest that claims the right circuit", async () => {
    const forged = plant("forged", wrong, { ...readManifest(right), zkeyHash: sha256(wrong) });
    const refusal = { exit: 2, code: "KEY_MISMATCH", says: /public inputs|constraints/ };
    await expectRefusal(folder.path, prove(forged), refusal);
  });

  it("refuses a truncated key, whether or not its manifest knows the truncated file", async () => {
    const bytes = readFileSync(right);
    const half = folder.write("half.zkey", bytes.subarray(0, bytes.length / 2));
    folder.writeJson("half.manifest.json", readManifest(right));
    const refusal = { exit: 2, code: "INVALID_KEY", says: /half\.zkey is damaged[\s\S]*--force/ };
    await expectRefusal(folder.path, prove(half), refusal);
    folder.writeJson("half.manifest.json", { ...readManifest(right), zkeyHash: sha256(half) });
    await expectRefusal(folder.path, prove(half), { ...refusal, says: /half\.zkey/ });
  });

  it("refuses a manifest that hides a development key", async () => {
    const hidden = plant("hidden", right, { ...readManifest(right), dev: false });
    const refusal = { exit: 2, code: "INVALID_KEY", says: /hides that it is a dev key/, hintless: true };
    await expectRefusal(folder.path, prove(hidden), refusal);
  });

  it("refuses a key without manifest, and one that isn't there", async () => {
    const bare = folder.file("bare.zkey");
    copyFileSync(right, bare);
    const refusal = { exit: 2, code: "INVALID_KEY", says: /manifest .* is missing or malformed/ };
    await expectRefusal(folder.path, prove(bare), refusal);
    await expectRefusal(folder.path, prove(folder.file("nowhere.zkey")), refusal);
  });

  it("refuses a snapshot that is larger than the instance", async () => {
    const large = folder.file("large.snapshot.json");
    await cliJson("snapshot", "build", "--rows", "121", "-o", large);
    const argv = prove(right).map((text) => (text === folder.file("snapshot.json") ? large : text));
    const refusal = { exit: 2, code: "INVALID_SNAPSHOT", says: /121 rows[\s\S]*120[\s\S]*--rows/ };
    await expectRefusal(folder.path, argv, refusal);
  });

  it("proves with the right one from anywhere, whose opening stays secret to others", async () => {
    const copy = plant("copy", right, readManifest(right));
    const proof = await cliJson(...prove(copy));
    expect(proof["keyHash"]).toBe(readManifest(right)["keyHash"]);
    expect(statSync(folder.file("opening.json")).mode & 0o777).toBe(0o600);
    const verified = await cliJson("verify", folder.file("proof.json"), "-s", folder.file("snapshot.json"));
    expect(verified["valid"]).toBe(true);
  });
});
