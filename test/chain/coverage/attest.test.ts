import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attest, attestBatch, type CoverageClaim } from "../../../src/chain/coverage/attest.ts";
import { coverageContext } from "../../../src/chain/coverage/context.ts";
import { viemReader } from "../../../src/chain/coverage/read.ts";
import { verifyOnChain } from "../../../src/chain/coverage/verify.ts";
import { snapshotPoint } from "../../../src/chain/snapshot/publish.ts";
import { FIELD_MODULUS, type Field } from "../../../src/math/field.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import {
  account,
  attestedEvents,
  CIRCUIT,
  proveClaim,
  publishSmall,
  publishWith,
  START,
  type System,
  setTime,
  smallSnapshot,
  startSystem,
} from "../system.ts";

/** An account id with no zero byte, like a hash: zero bytes would make calldata cheaper than it is. */
const FULL_WIDTH = BigInt(`0x${"11".repeat(32)}`);

describe("attesting with real proofs", () => {
  let system: System;
  let snapshot: Snapshot;
  let healthy: CoverageClaim;
  const reader = () => viemReader(system.client.public, system.deployment);
  const refused = async (claim: CoverageClaim, error: string) => {
    await expect(attest(system.client, system.deployment, claim)).rejects.toMatchObject({
      code: "CHAIN_ERROR",
      details: { error },
    });
    expect(await reader().readAttestation(claim.accountId, claim.commitment)).toBeUndefined();
  };

  beforeAll(async () => {
    system = await startSystem();
    snapshot = await publishSmall(system, START);
    healthy = await proveClaim(system, snapshot, account(snapshot, 1n, 1_000_000n));
  });
  afterAll(() => system.stop());

  it("refuses what the proof was not made for", async () => {
    await refused({ ...healthy, deadline: healthy.deadline + 1n }, "InvalidProof");
    await refused({ ...healthy, tier: 1 }, "InvalidProof");
    await refused({ ...healthy, accountId: (healthy.accountId + 1n) as Field }, "InvalidProof");
    await refused({ ...healthy, commitment: (healthy.commitment + 1n) as Field }, "InvalidProof");
    await refused({ ...healthy, circuitId: `0x${"11".repeat(32)}` }, "UnknownCircuit");
    await refused({ ...healthy, snapshotId: (healthy.snapshotId + 1n) as Field }, "UnknownSnapshot");
    await refused({ ...healthy, proof: { ...healthy.proof, a: healthy.proof.c } }, "InvalidProof");
    const x = healthy.proof.a.x + 1n;
    await refused({ ...healthy, proof: { ...healthy.proof, a: { ...healthy.proof.a, x } } }, "InvalidProof");
  });

  it("refuses signals outside the field", async () => {
    await refused(
      { ...healthy, accountId: (healthy.accountId + FIELD_MODULUS) as Field },
      "SignalNotInField",
    );
    await refused({ ...healthy, commitment: FIELD_MODULUS as Field }, "SignalNotInField");
  });

  it("answers about a proof without recording anything", async () => {
    const ask = (claim: CoverageClaim) => verifyOnChain(system.client, system.deployment, CIRCUIT, claim);
    expect(await ask(healthy)).toBe(true);
    expect(await ask({ ...healthy, tier: 2 })).toBe(false);
    expect(await ask({ ...healthy, deadline: healthy.deadline + 1n })).toBe(false);
    await expect(ask({ ...healthy, snapshotId: 1n as Field })).rejects.toMatchObject({
      details: { error: "UnknownSnapshot" },
    });
    expect(await reader().readAttestation(healthy.accountId, healthy.commitment)).toBeUndefined();
  });

  it("refuses a tier that doesn't exist before it is sent", () => {
    expect(() => attest(system.client, system.deployment, { ...healthy, tier: 5 })).toThrowError(
      expect.objectContaining({ code: "OUT_OF_RANGE" }),
    );
  });

  it("refuses a proof made for another chain or another registry", async () => {
    const { chainId, coverageRegistry, snapshotOracle } = system.deployment;
    const { deadline } = healthy;
    for (const context of [
      coverageContext({ chainId: chainId + 1, registry: coverageRegistry, deadline }),
      coverageContext({ chainId, registry: snapshotOracle, deadline }),
    ]) {
      const claim = await proveClaim(system, snapshot, account(snapshot, 1n, 1_000_000n), { context });
      await refused(claim, "InvalidProof");
    }
  });

  it("refuses a proof over a wrong table point", async () => {
    const other = smallSnapshot(START - 5n);
    const wrong = await snapshotPoint(system.circuit, system.key.verifyingKey, smallSnapshot(START - 6n));
    await publishWith(system, other, [wrong]);
    await refused(await proveClaim(system, other, account(other, 1n, 1_000_000n)), "InvalidProof");
  });

  it("records a valid proof once, with ids only in its event", async () => {
    const receipt = await attest(system.client, system.deployment, healthy);
    const { accountId, commitment, snapshotId, circuitId } = healthy;
    expect(attestedEvents(receipt)).toMatchObject([
      { args: { accountId, commitment, snapshotId }, data: "0x" },
    ]);
    const { timestamp } = await system.client.public.getBlock({ blockNumber: receipt.blockNumber });
    expect(await reader().readAttestation(accountId, commitment)).toEqual({
      isCurrent: true,
      tier: 0,
      snapshotTime: START,
      attestedAt: timestamp,
      expiresAt: START + 3_600n,
      snapshotId,
      circuitId,
    });
    await expect(attest(system.client, system.deployment, healthy)).rejects.toMatchObject({
      details: { error: "NotNewer" },
    });
  });

  it("keeps the gas of one attestation below 280,000", async () => {
    const claim = await proveClaim(system, snapshot, account(snapshot, FULL_WIDTH + 2n, 500_000n, -1_000n));
    expect(claim.tier).toBeGreaterThan(0);
    const { gasUsed } = await attest(system.client, system.deployment, claim);
    console.log(`one attestation, tier ${claim.tier}: ${gasUsed} gas`);
    expect(gasUsed).toBeLessThanOrEqual(280_000n);
  });

  it("records batches, whose gas falls with their size", async () => {
    const each: bigint[] = [];
    let id = 100n;
    for (const size of [1, 4]) {
      const claims: CoverageClaim[] = [];
      for (let i = 0; i < size; i++)
        claims.push(
          await proveClaim(
            system,
            snapshot,
            account(snapshot, FULL_WIDTH + id++, 1_000_000n, i % 2 === 0 ? 0n : 50n),
          ),
        );
      const receipt = await attestBatch(system.client, system.deployment, claims);
      expect(attestedEvents(receipt).map(({ args }) => args.accountId)).toEqual(
        claims.map(({ accountId }) => accountId),
      );
      console.log(`batch of ${size}: ${receipt.gasUsed} gas, ${receipt.gasUsed / BigInt(size)} each`);
      each.push(receipt.gasUsed / BigInt(size));
      await expect(attestBatch(system.client, system.deployment, claims)).rejects.toMatchObject({
        details: { error: "NothingNew" },
      });
    }
    const [one = 0n, ofFour = 0n] = each;
    expect(ofFour).toBeLessThan(one);
    expect(ofFour).toBeLessThanOrEqual(145_000n);
  });

  it("costs 95,000 gas an attestation or less in a batch of 16, by what forge measures and compares", () => {
    const file = new URL("../../contracts/gas/attestations.json", import.meta.url);
    const measured = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
    expect(BigInt(measured["03 each of 16"] ?? "not measured")).toBeLessThanOrEqual(95_000n);
  });

  it("names the wrong proofs of a batch, and records none of it", async () => {
    const claims: CoverageClaim[] = [];
    for (const id of [201n, 202n, 203n])
      claims.push(await proveClaim(system, snapshot, account(snapshot, id, 1_000_000n)));
    const [first, second, third] = claims;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three claims");
    const batch = [first, { ...second, tier: 1 }, { ...third, proof: first.proof }];
    await expect(attestBatch(system.client, system.deployment, batch)).rejects.toMatchObject({
      code: "PROOF_REJECTED",
      details: { positions: "1,2" },
    });
    for (const { accountId, commitment } of claims)
      expect(await reader().readAttestation(accountId, commitment)).toBeUndefined();
  });

  it("refuses batches that are empty, too large or mixed", async () => {
    const bad = [[], new Array<CoverageClaim>(65).fill(healthy), [healthy, { ...healthy, deadline: 1n }]];
    for (const claims of bad)
      await expect(attestBatch(system.client, system.deployment, claims)).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
  });

  it("moves the tier with a newer snapshot, and refuses the older one after it", async () => {
    const portfolio = account(snapshot, 300n, 1_000_000n);
    const before = await proveClaim(system, snapshot, portfolio);
    const newer = await publishSmall(system, START + 20n);
    const after = await proveClaim(system, newer, portfolio);
    expect(after.commitment).toBe(before.commitment);
    await attest(system.client, system.deployment, after);
    await expect(attest(system.client, system.deployment, before)).rejects.toMatchObject({
      details: { error: "NotNewer" },
    });
    const found = await reader().readAttestation(after.accountId, after.commitment);
    expect(found?.snapshotId).toBe(newer.snapshotId);
  });

  it("refuses late proofs and stale snapshots, and lets attestations expire", async () => {
    const soon = await proveClaim(system, snapshot, account(snapshot, 400n, 1n));
    const long = await proveClaim(system, snapshot, account(snapshot, 401n, 1n), {
      deadline: START + 100_000n,
    });
    await setTime(system, soon.deadline + 1n);
    await refused(soon, "DeadlinePassed");
    await setTime(system, START + 3_601n);
    await refused(long, "SnapshotStale");
    const found = await reader().readAttestation(healthy.accountId, healthy.commitment);
    expect(found).toMatchObject({ isCurrent: false, tier: 0 });
  });
});
