import type { LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { viemReader } from "../../../src/chain/coverage/read.ts";
import type { OracleDomain, TablePoint } from "../../../src/chain/snapshot/oracle-messages.ts";
import {
  addTablePoints,
  publishSnapshot,
  signSnapshot,
  signTablePoints,
  snapshotPoint,
} from "../../../src/chain/snapshot/publish.ts";
import { BASE_MODULUS } from "../../../src/prover/curve.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import {
  ORACLE_ACCOUNTS,
  publishSmall,
  publishWith,
  START,
  type System,
  setTime,
  smallSnapshot,
  startSystem,
} from "../system.ts";

describe("publishing snapshots", () => {
  let system: System;
  let snapshot: Snapshot;
  let point: TablePoint;

  const publish = async (
    signers: readonly LocalAccount[],
    options: { domain?: Partial<OracleDomain>; signed?: Snapshot; points?: TablePoint[] } = {},
  ) => {
    const { domain, signed = snapshot, points = [point] } = options;
    const signatures = await signSnapshot({ ...system.deployment, ...domain }, signed, [point], signers);
    return publishSnapshot(system.client, system.deployment, snapshot, points, signatures);
  };
  const refused = async (attempt: Promise<unknown>, error: string) => {
    await expect(attempt).rejects.toMatchObject({ code: "CHAIN_ERROR", details: { error } });
    expect(
      await viemReader(system.client.public, system.deployment).isSnapshotFresh(snapshot.snapshotId),
    ).toBe(false);
  };

  beforeAll(async () => {
    system = await startSystem();
    snapshot = smallSnapshot(START);
    point = await snapshotPoint(system.circuit, system.key.verifyingKey, snapshot);
  });
  afterAll(() => system.stop());

  it("needs enough signatures of known oracles under exactly this message", async () => {
    const [first, second] = ORACLE_ACCOUNTS;
    if (first === undefined || second === undefined) throw new Error("three oracles");
    const stranger = privateKeyToAccount(generatePrivateKey());
    const other = smallSnapshot(START - 1n);
    await refused(publish([first]), "NotEnoughSignatures");
    await refused(publish([]), "NotEnoughSignatures");
    await refused(publish([first, first]), "SignersNotAscending");
    // the stranger may come first or second: either way it is not accepted
    await refused(publish([first, second, stranger]), "UnknownSigner");
    await refused(publish([first, second], { domain: { chainId: 1 } }), "InvalidSignature");
    const snapshotOracle = system.deployment.coverageRegistry;
    await refused(publish([first, second], { domain: { snapshotOracle } }), "InvalidSignature");
    await refused(publish([first, second], { signed: other }), "InvalidSignature");
    await refused(publish([first, second], { points: [] }), "InvalidSignature");
  });

  it("takes no signature for longer than it says, nor for more than an hour", async () => {
    const { deployment, client } = system;
    const until = async (signed: bigint, claimed = signed) => {
      const signatures = await signSnapshot(deployment, snapshot, [point], ORACLE_ACCOUNTS, signed);
      return publishSnapshot(client, deployment, snapshot, [point], signatures, claimed);
    };
    await refused(until(START - 1n), "PublicationLapsed");
    await refused(until(START + 3_601n), "PublishByTooLate");
    await refused(until(START + 60n, START + 61n), "InvalidSignature");
  });

  it("computes the id on chain as off chain, and never overwrites", async () => {
    await publish(ORACLE_ACCOUNTS);
    const reader = viemReader(system.client.public, system.deployment);
    expect(await reader.isSnapshotFresh(snapshot.snapshotId)).toBe(true);
    await expect(publish(ORACLE_ACCOUNTS)).rejects.toMatchObject({
      details: { error: "SnapshotAlreadyPublished" },
    });
    // -P is on the curve too, and another point
    const other = { ...point, y: BASE_MODULUS - point.y };
    const again = await signTablePoints(system.deployment, snapshot, [other], ORACLE_ACCOUNTS);
    await expect(
      addTablePoints(system.client, system.deployment, snapshot, [other], again),
    ).rejects.toMatchObject({ details: { error: "TablePointAlreadyPosted" } });
  });

  it("adds points later", async () => {
    const later = smallSnapshot(START - 2n);
    await publishWith(system, later, []);
    const points = [await snapshotPoint(system.circuit, system.key.verifyingKey, later)];
    const signatures = await signTablePoints(system.deployment, later, points, ORACLE_ACCOUNTS);
    const { status } = await addTablePoints(system.client, system.deployment, later, points, signatures);
    expect(status).toBe("success");
  });

  it("refuses points of unknown circuits and points off the curve", async () => {
    const next = smallSnapshot(START - 3n);
    for (const [bad, error] of [
      [{ ...point, circuitId: `0x${"22".repeat(32)}` as const }, "UnknownCircuit"],
      [{ ...point, y: point.y + 1n }, "InvalidPoint"],
    ] as const) {
      await expect(publishWith(system, next, [bad])).rejects.toMatchObject({ details: { error } });
    }
  });

  it("refuses snapshots of the future and of the past", async () => {
    await expect(publishWith(system, smallSnapshot(START + 10_000n), [])).rejects.toMatchObject({
      details: { error: "SnapshotInFuture" },
    });
    await setTime(system, START + 4_000n);
    await expect(publishSmall(system, START + 1n)).rejects.toMatchObject({
      details: { error: "SnapshotTooOld" },
    });
    const reader = viemReader(system.client.public, system.deployment);
    expect(await reader.isSnapshotFresh(snapshot.snapshotId)).toBe(false);
  });
});
