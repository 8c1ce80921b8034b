import { JsonRpcProvider } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectReader } from "../../../src/chain/client.ts";
import { attest, type CoverageClaim } from "../../../src/chain/coverage/attest.ts";
import type { CoverageReader } from "../../../src/chain/coverage/attestation.ts";
import { viemReader } from "../../../src/chain/coverage/read.ts";
import { ethersReader } from "../../../src/chain/ethers/coverage.ts";
import { type Field, toField } from "../../../src/math/field.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { account, proveClaim, publishSmall, START, type System, startSystem } from "../system.ts";

useSimulatedProofs(SMALL);

describe("reading attestations", () => {
  let system: System;
  let provider: JsonRpcProvider;
  let claims: CoverageClaim[];
  let readers: Record<string, CoverageReader>;

  beforeAll(async () => {
    system = await startSystem();
    provider = new JsonRpcProvider(system.anvil.rpcUrl, system.deployment.chainId, { staticNetwork: true });
    const { public: client } = await connectReader(system.anvil.rpcUrl);
    readers = {
      viem: viemReader(client, system.deployment),
      ethers: ethersReader(provider, system.deployment),
    };
    const snapshot = await publishSmall(system, START);
    claims = [];
    for (const portfolio of [account(snapshot, 1n, 1_000_000n), account(snapshot, 2n, 500_000n, -1_000n)]) {
      const claim = await proveClaim(system, snapshot, portfolio);
      await attest(system.client, system.deployment, claim);
      claims.push(claim);
    }
  });
  afterAll(async () => {
    provider.destroy();
    await system.stop();
  });

  it.each(["viem", "ethers"])("gives everything about an attestation through %s", async (name) => {
    for (const claim of claims) {
      const found = await readers[name]?.readAttestation(claim.accountId, claim.commitment);
      expect(found).toEqual({
        isCurrent: true,
        tier: claim.tier,
        snapshotTime: START,
        attestedAt: expect.any(BigInt),
        expiresAt: START + 3_600n,
        snapshotId: claim.snapshotId,
        circuitId: claim.circuitId,
      });
    }
    expect(claims.map(({ tier }) => tier)).toEqual([0, 4]);
  });

  it("gives the same through both", async () => {
    for (const { accountId, commitment } of claims) {
      expect(await readers["ethers"]?.readAttestation(accountId, commitment)).toEqual(
        await readers["viem"]?.readAttestation(accountId, commitment),
      );
    }
    const events = await readers["viem"]?.readAttested(BigInt(system.deployment.block));
    expect(events).toHaveLength(2);
    expect(await readers["ethers"]?.readAttested(BigInt(system.deployment.block))).toEqual(events);
    expect(events?.map(({ accountId }) => accountId)).toEqual([1n, 2n]);
  });

  it.each(["viem", "ethers"])("says when there is nothing through %s", async (name) => {
    const [claim] = claims;
    if (claim === undefined) throw new Error("two claims");
    const { accountId, commitment, snapshotId } = claim;
    const reader = readers[name];
    expect(await reader?.readAttestation(toField(9n), commitment)).toBeUndefined();
    // the pair counts, not its parts
    expect(await reader?.readAttestation(commitment, accountId)).toBeUndefined();
    expect(await reader?.isSnapshotFresh(snapshotId)).toBe(true);
    expect(await reader?.isSnapshotFresh((snapshotId + 1n) as Field)).toBe(false);
  });

  it.each(["viem", "ethers"])("reports a contract that isn't there through %s", async (name) => {
    const nowhere = {
      coverageRegistry: "0x00000000000000000000000000000000000000aa",
      snapshotOracle: "0x00000000000000000000000000000000000000aa",
    } as const;
    const reader =
      name === "viem" ? viemReader(system.client.public, nowhere) : ethersReader(provider, nowhere);
    await expect(reader.readAttestation(toField(1n), toField(2n))).rejects.toMatchObject({
      code: "CHAIN_ERROR",
    });
  });
});
