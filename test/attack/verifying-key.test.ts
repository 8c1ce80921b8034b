import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coverageContext } from "../../src/chain/coverage/context.ts";
import { toField } from "../../src/math/field.ts";
import { nettingChallenge, reservesHash } from "../../src/portfolio/netting.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { encodeProofFile } from "../../src/prover/proof-format.ts";
import { circuitId, keyHash, toSnarkjsJson, type VerifyingKey } from "../../src/prover/verifying-key.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { RunFolder } from "../../src/solvency/node/folder.ts";
import { runIdOf, solvencyContext } from "../../src/solvency/run-id.ts";
import { cachedSignals } from "../../src/witness/table.ts";
import { cli, cliJson, expectRefusal, type Folder, portfolio, temporaryFolder } from "../cli/harness.ts";
import { firstKey, forged, inputsPoint, inverse } from "../helpers/key-points.ts";

// The key of a ceremony's FIRST file, to which nobody contributed: delta is gamma, and anybody proves anything under it.
const COVERAGE = instanceOf("coverage", "coverage_16x120_s35k2");
const DEADLINE = 4_000_000_000n;
const REGISTRY = `0x${"11".repeat(20)}` as const;
let folder: Folder;
let snapshotPath: string;
let snapshot: Snapshot;

beforeAll(async () => {
  folder = temporaryFolder();
  snapshotPath = folder.file("snapshot.json");
  await cliJson("snapshot", "build", "--rows", "12", "-o", snapshotPath);
  snapshot = loadSnapshot(snapshotPath);
});
afterAll(() => folder.remove());

const writeKey = (name: string, key: VerifyingKey): string => folder.writeJson(name, toSnarkjsJson(key));

describe("ballast verify -k", () => {
  it("refuses a forgery under a ceremony's first key: that any account is healthy", async () => {
    const key = firstKey(COVERAGE);
    const context = coverageContext({ chainId: 1n, registry: REGISTRY, deadline: DEADLINE });
    const [accountId, commitment] = [toField(424_242n), toField(1n)]; // nobody knows an opening of 1
    const signals = [...cachedSignals(COVERAGE, snapshot), accountId, commitment, 0n, context];
    const hash = keyHash(key, COVERAGE);
    const proof = folder.write(
      "forged.json",
      encodeProofFile({
        circuit: COVERAGE.name,
        circuitId: circuitId(COVERAGE.name, hash),
        keyHash: hash,
        snapshotId: snapshot.snapshotId,
        deadline: DEADLINE,
        chainId: 1n,
        registry: REGISTRY,
        signals: { accountId, commitment, tier: 0, context },
        proof: await forged(key, signals),
      }),
    );
    const argv = ["verify", proof, "-s", snapshotPath, "-k", writeKey("first.json", key)];
    await expectRefusal(folder.path, argv, { exit: 2, code: "INVALID_KEY", says: /delta is gamma/ });
  });

  it("takes an honest proof, and says that its key is a development key, wherever the key comes from", async () => {
    const { keys } = await cliJson<{ readonly keys: readonly { readonly verificationKey: string }[] }>(
      "setup",
      "--dev",
      "16x120",
    );
    const path = folder.writeJson("portfolio.json", portfolio("desk", { USDC: "1" }));
    const proof = folder.file("proof.json");
    const argv = ["prove", "-s", snapshotPath, "-p", path, "--instance", "16x120", "-o", proof];
    await cliJson(...argv, "--opening", folder.file("opening.json"));
    const verify = ["verify", proof, "-s", snapshotPath];
    for (const more of [[], ["-k", keys[0]?.verificationKey ?? ""]]) {
      expect(await cliJson(...verify, ...more)).toMatchObject({ valid: true, devKey: true });
      expect((await cli(...verify, ...more)).out).toContain("under a development key");
    }
    // A file without the word may be one all the same: it is not said to be anything.
    const { development: _, ...plain } = JSON.parse(readFileSync(keys[0]?.verificationKey ?? "", "utf8"));
    const bare = folder.writeJson("bare.json", plain);
    expect(await cliJson(...verify, "-k", bare)).toMatchObject({ valid: true, devKey: false });
  });
});

describe("ballast solvency verify -k --report-key", () => {
  it("refuses a run of a venue that doesn't exist under first keys, the batches' and the report's", async () => {
    const batch = instanceOf("solvency", "solvency_8x16x120_s35k2_d20");
    const report = instanceOf("report", "report_s35k2");
    const [batchKey, reportKey] = [firstKey(batch), firstKey(report)];
    const reserves = [{ instrumentId: 1, quantity: 5n }];
    const header = {
      venue: `0x${"22".repeat(20)}` as const,
      batchCircuit: circuitId(batch.name, keyHash(batchKey, batch)),
      reportCircuit: circuitId(report.name, keyHash(reportKey, report)),
      snapshotId: snapshot.snapshotId,
      accountsRoot: toField(99n),
      reservesHash: reservesHash(reserves),
      initialState: toField(5n),
      deadline: DEADLINE,
    };
    const target = { chainId: 1n, registry: `0x${"00".repeat(20)}` as const };
    const runId = runIdOf(target, header);
    const context = solvencyContext(runId);
    const run = new RunFolder(folder.file("run"));
    mkdirSync(folder.file("run"));
    run.create();
    run.writeRun({
      ...header,
      ...target,
      runId,
      batchInstance: batch.name,
      reportInstance: report.name,
      batches: 1,
    });
    const stateOut = toField(6n);
    const point = await inputsPoint(batchKey, cachedSignals(batch, snapshot));
    const step = [header.accountsRoot, 0n, header.initialState, stateOut, context];
    const proof = await forged(batchKey, step, point, batchKey.ic.length - 5);
    run.writeBatch({ index: 0, stateOut, proof });
    const zeta = nettingChallenge(header.accountsRoot, header.snapshotId, header.reservesHash);
    const netting = toField((5n * inverse(zeta - 1n)) % (1n << 253n));
    const result = {
      accounts: 1_000_000,
      tiers: [1_000_000, 0, 0, 0, 0],
      currentShortfall: 0n,
      worstScenario: 0,
      worstShortfall: 0n,
      cover1Scenario: 0,
      cover1Shortfall: 0n,
      cover2Scenario: 0,
      cover2Shortfall: 0n,
      demand: [0n, 0n, 0n, 0n, 0n, 0n],
    };
    const zeros = new Array<bigint>(17).fill(0n);
    const opened = [1n, stateOut, 1_000_000n, ...zeros, netting, zeta, context];
    run.writeReport({ result, netting, reserves, proof: await forged(reportKey, opened) });
    const keys = [writeKey("batch.json", batchKey), writeKey("report.json", reportKey)];
    const verify = ["solvency", "verify", folder.file("run"), "-s", snapshotPath, "-k", keys[0] ?? ""];
    for (const argv of [verify, [...verify, "--report-key", keys[1] ?? ""]]) {
      await expectRefusal(folder.path, argv, { exit: 2, code: "INVALID_KEY", says: /delta is gamma/ });
    }
  });
});
