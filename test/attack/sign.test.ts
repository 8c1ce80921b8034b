import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SAMPLE_TIME } from "../../src/market/sample.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { circuitId, keyHash } from "../../src/prover/verifying-key.ts";
import { policyDigest, presetPolicy } from "../../src/risk/policy.ts";
import { cli } from "../cli/harness.ts";
import { craft, gut, type RawInputs } from "./forge-snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-sign-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);

async function sign(edit: (inputs: RawInputs) => void) {
  writeFileSync(file("s.json"), craft(edit));
  const circuit = instanceOf("coverage", "coverage_16x120_s35k2");
  const { verifyingKey } = await setupDev(circuit);
  const hash = keyHash(verifyingKey, circuit);
  const address = `0x${"11".repeat(20)}`;
  writeFileSync(
    file("d.json"),
    JSON.stringify({
      format: "ballast.deployment/2",
      chainId: 31337,
      deployer: address,
      block: 0,
      verifierRegistry: address,
      snapshotOracle: address,
      tablePointBuilder: address,
      coverageRegistry: address,
      maxAge: 3600,
      requireProven: false,
      verifiers: [
        {
          circuit: circuit.name,
          circuitId: circuitId(circuit.name, hash),
          keyHash: hash,
          address,
          dev: true,
        },
      ],
    }),
  );
  writeFileSync(file("k"), `0x${"ab".repeat(32)}`, { mode: 0o600 });
  rmSync(file("sig.json"), { force: true });
  const name = circuit.name;
  return await cli(
    ...["sign", "-s", file("s.json"), "--deployment", file("d.json"), "--instance", name],
    ...["--private-key-file", file("k"), "-o", file("sig.json")],
  );
}

// On a fresh machine the first makes the key.
describe("ballast sign", { timeout: 600_000 }, () => {
  it("signs an honest snapshot, and says under whose rules", async () => {
    const { code, out } = await sign(() => undefined);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(file("sig.json"), "utf8"))).toMatchObject({
      format: "ballast.signature/2",
      publishBy: String(SAMPLE_TIME / 1_000n + 900n),
    });
    expect(out).toContain(`rules ${policyDigest(presetPolicy("les"))}`);
    expect(out).toContain("rules are the preset les");
  });

  it.each<[string, (inputs: RawInputs) => void, string]>([
    [
      "a dollar that is a bitcoin",
      ({ instruments }) => {
        for (const row of instruments) if (row.name === "USDC") row["underlying"] = "BTC";
      },
      "USDC: underlying is not the name's",
    ],
    ["a gutted policy called les", gut, "called les/2 and has other rules than that preset"],
  ])("signs nothing for %s", async (_, edit, says) => {
    const { code, err } = await sign(edit);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(existsSync(file("sig.json"))).toBe(false);
  });
});
