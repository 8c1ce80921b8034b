import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attestProofs, type NamedProof } from "../../../src/actions/coverage/attest.ts";
import { checkProof } from "../../../src/actions/coverage/check.ts";
import { proveCoverage } from "../../../src/actions/coverage/prove.ts";
import { toField } from "../../../src/math/field.ts";
import type { ProofFile } from "../../../src/prover/proof-format.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import { account, publishSmall, START, type System, smallSnapshot, startSystem } from "../../chain/system.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";

useSimulatedProofs(SMALL);

let system: System;
let snapshot: Snapshot;
beforeAll(async () => {
  system = await startSystem();
  snapshot = await publishSmall(system, START);
});
afterAll(() => system.stop());

/** A real proof of an account, for the system's registry unless told otherwise. */
async function proofOf(id: bigint, within = snapshot, deadline = START + 600n, usdc = 1_000_000n) {
  const { circuit, key, prover, deployment } = system;
  const file = await proveCoverage(prover, {
    ...{ circuit, key, snapshot: within, deadline },
    portfolio: account(within, id, usdc),
    salt: toField(id + 77n),
    chainId: BigInt(deployment.chainId),
    registry: deployment.coverageRegistry,
  });
  return { name: `${id}.proof`, file };
}

const attest = (proofs: readonly NamedProof[]) => attestProofs(system.client, system.deployment, proofs);
const outcomes = async (proofs: readonly NamedProof[]) =>
  (await attest(proofs)).attestations.map(({ outcome }) => outcome);

describe("attesting proofs", () => {
  it("puts those of one snapshot and deadline in one transaction, others in their own, in the order given", async () => {
    const together = [await proofOf(1n), await proofOf(2n)];
    const later = await proofOf(3n, snapshot, START + 700n);
    const [first, second] = together;
    if (first === undefined || second === undefined) throw new Error("two proofs");
    const { transactions, attestations } = await attest([first, later, second]);
    expect(transactions.map(({ proofs }) => proofs)).toEqual([2, 1]);
    expect(attestations.map(({ file }) => file.signals.accountId)).toEqual([1n, 3n, 2n]);
    for (const { outcome, stored } of attestations)
      expect({ outcome, tier: stored?.tier }).toEqual({ outcome: "attested", tier: 0 });
  });

  it("sends nothing for what is attested already, and keeps what is newer", async () => {
    const old = await proofOf(4n);
    expect(await outcomes([old])).toEqual(["attested"]);
    expect(await attest([old])).toMatchObject({
      transactions: [],
      attestations: [{ outcome: "attested already" }],
    });
    const newer = await publishSmall(system, START + 20n);
    expect(await outcomes([await proofOf(4n, newer)])).toEqual(["attested"]);
    expect(await outcomes([old])).toEqual(["refused"]);
  });

  it("doesn't take what has expired for attested already", async () => {
    const proof = await proofOf(9n);
    expect(await outcomes([proof])).toEqual(["attested"]);
    const node = (method: string, params: unknown[] = []) =>
      system.client.public.request({ method, params } as never);
    const before = await node("evm_snapshot");
    try {
      await node("evm_increaseTime", [system.deployment.maxAge + 60]);
      await node("evm_mine");
      await expect(attest([proof])).rejects.toMatchObject({
        code: "CHAIN_ERROR",
        details: { error: "DeadlinePassed" },
      });
    } finally {
      await node("evm_revert", [before]);
    }
  });

  it("names a proof that doesn't hold, and says what was recorded before it", async () => {
    const good = await proofOf(5n);
    const other = await proofOf(6n, snapshot, START + 800n);
    const wrong = { name: "wrong.proof", file: { ...other.file, proof: good.file.proof } };
    await expect(attest([good, wrong])).rejects.toMatchObject({
      code: "PROOF_REJECTED",
      shortMessage: "The chain refused the proof in wrong.proof.",
      hint: expect.stringContaining("The 1 transactions before it were recorded."),
    });
    const third = await proofOf(7n, snapshot, START + 800n);
    await expect(attest([third, wrong])).rejects.toMatchObject({
      details: { files: "wrong.proof" },
      hint: expect.stringContaining("Nothing was recorded."),
    });
    expect(await outcomes([good])).toEqual(["attested already"]);
  });

  it("refuses a proof of another registry before it sends any", async () => {
    const mine = await proofOf(8n);
    const registry = system.deployment.snapshotOracle;
    const foreign = { name: "foreign.proof", file: { ...mine.file, registry } };
    await expect(attest([mine, foreign])).rejects.toMatchObject({ code: "INVALID_PROOF" });
    expect(await outcomes([mine])).toEqual(["attested"]);
  });
});

describe("checking a proof", () => {
  let file: ProofFile;
  beforeAll(async () => {
    ({ file } = await proofOf(20n));
  });
  const key = () => ({ verifyingKey: system.key.verifyingKey, dev: true });
  const failing = async (...[changed, options]: Parameters<typeof checkProof>) =>
    (await checkProof(changed, options)).checks.filter(({ ok }) => !ok).map(({ name }) => name);

  it("holds off chain and on chain, and knows what the registry has", async () => {
    const offChain = { snapshot, key: key() };
    const everywhere = { offChain, deployment: system.deployment, reader: system.client };
    const before = await checkProof(file, everywhere);
    expect(before).toMatchObject({
      valid: true,
      devKey: true,
      deadlinePassed: false,
      attestation: undefined,
    });
    expect(before.checks).toHaveLength(6);
    await attest([{ name: "a", file }]);
    expect((await checkProof(file, everywhere)).attestation).toMatchObject({ tier: 0 });
  });

  it("tells what doesn't hold of a proof that was changed", async () => {
    const offChain = { snapshot, key: key() };
    const { signals } = file;
    const verifies = "the proof verifies for this table, policy and tier";
    expect(await failing({ ...file, signals: { ...signals, tier: 2 } }, { offChain })).toEqual([verifies]);
    expect(await failing({ ...file, deadline: file.deadline + 1n }, { offChain })).toEqual([
      "the context is that of its chain, registry and deadline",
    ]);
    const other = smallSnapshot(START - 3n);
    expect(await failing(file, { offChain: { snapshot: other, key: key() } })).toContain(
      "the snapshot is the proof's",
    );
    expect(await failing({ ...file, keyHash: `0x${"1".repeat(64)}` }, { offChain })).toEqual([
      "the key is the proof's",
    ]);
  });

  it("asks no contract about a proof of another registry", async () => {
    const deployment = { ...system.deployment, coverageRegistry: system.deployment.snapshotOracle };
    const failed = await failing(file, { deployment });
    expect(failed).toEqual(["the proof is for this chain and registry"]);
  });
});
