import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attest } from "../../../src/chain/coverage/attest.ts";
import { viemReader } from "../../../src/chain/coverage/read.ts";
import { snapshotOracleAbi } from "../../../src/chain/generated/snapshot-oracle.ts";
import { buildPointOnChain } from "../../../src/chain/snapshot/build-point.ts";
import { snapshotPoint } from "../../../src/chain/snapshot/publish.ts";
import type { Field } from "../../../src/math/field.ts";
import { rowWidth } from "../../../src/risk/shape.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import {
  account,
  proveClaim,
  publishSmall,
  publishWith,
  START,
  type System,
  smallSnapshot,
  startSystem,
} from "../system.ts";

describe("the table point, computed on chain", () => {
  let system: System;
  const build = (snapshot: Snapshot, chunkRows?: number) =>
    buildPointOnChain(
      system.client,
      system.deployment,
      system.circuit,
      system.key.verifyingKey,
      snapshot,
      chunkRows === undefined ? {} : { chunkRows },
    );
  const stateOf = async (snapshot: Snapshot) => {
    const [x, y, state] = await system.client.public.readContract({
      address: system.deployment.snapshotOracle,
      abi: snapshotOracleAbi,
      functionName: "tablePoint",
      args: [snapshot.snapshotId, system.key.circuitId],
    });
    return { x, y, state: (["none", "signed", "proven", "disabled"] as const)[state] };
  };

  beforeAll(async () => {
    system = await startSystem({ requireProven: true });
  });
  afterAll(() => system.stop());

  it("equals the one computed off chain, signed or not, in any chunks", async () => {
    for (const [age, chunk] of [
      [0n, 3],
      [1n, 8],
    ] as const) {
      const snapshot = await publishSmall(system, START - age);
      const { x, y } = await snapshotPoint(system.circuit, system.key.verifyingKey, snapshot);
      expect(await stateOf(snapshot)).toEqual({ x, y, state: "signed" });
      await build(snapshot, chunk);
      expect(await stateOf(snapshot)).toEqual({ x, y, state: "proven" });
    }
    const unsigned = smallSnapshot(START - 2n);
    await publishWith(system, unsigned, []);
    await build(unsigned);
    const { x, y } = await snapshotPoint(system.circuit, system.key.verifyingKey, unsigned);
    expect(await stateOf(unsigned)).toEqual({ x, y, state: "proven" });
  });

  it("disables a wrong point that the oracles signed", async () => {
    const snapshot = smallSnapshot(START - 10n);
    const wrong = await snapshotPoint(system.circuit, system.key.verifyingKey, smallSnapshot(START - 11n));
    await publishWith(system, snapshot, [wrong]);
    await build(snapshot);
    expect((await stateOf(snapshot)).state).toBe("disabled");
    await expect(build(snapshot)).rejects.toMatchObject({
      code: "CHAIN_ERROR",
      details: { error: "AlreadySettled" },
    });
  });

  it("is all that a strict registry accepts", async () => {
    const snapshot = await publishSmall(system, START - 20n);
    const claim = await proveClaim(system, snapshot, account(snapshot, 1n, 1_000_000n));
    await expect(attest(system.client, system.deployment, claim)).rejects.toMatchObject({
      details: { error: "TablePointNotProven" },
    });
    await build(snapshot);
    await attest(system.client, system.deployment, claim);
    const reader = viemReader(system.client.public, system.deployment);
    expect((await reader.readAttestation(claim.accountId, claim.commitment))?.isCurrent).toBe(true);
  });

  it("refuses a snapshot that was never published", async () => {
    await expect(build(smallSnapshot(START - 30n))).rejects.toMatchObject({
      details: { error: "UnknownSnapshot" },
    });
  });

  it("refuses rows that were tampered with", async () => {
    const snapshot = await publishSmall(system, START - 40n);
    const [first, ...rest] = snapshot.rows;
    if (first === undefined) throw new Error("the snapshot has rows");
    const vector = { ...first.vector, mark: first.vector.mark + 1n };
    await expect(build({ ...snapshot, rows: [{ ...first, vector }, ...rest] })).rejects.toMatchObject({
      details: { error: "TableHashMismatch" },
    });
    expect((await stateOf(snapshot)).state).toBe("signed");
  });

  it("refuses a key with a point changed", async () => {
    const snapshot = await publishSmall(system, START - 50n);
    const { verifyingKey } = system.key;
    const ic = verifyingKey.ic.map((point, index) => (index === 3 ? (verifyingKey.ic[4] ?? point) : point));
    await expect(
      buildPointOnChain(system.client, system.deployment, system.circuit, { ...verifyingKey, ic }, snapshot),
    ).rejects.toMatchObject({ details: { error: "UnknownCircuit" } });
  });

  it("costs a known amount of gas a row", async () => {
    const snapshot = await publishSmall(system, START - 60n);
    const { gas, transactions } = await build(snapshot);
    const { rows } = system.circuit;
    console.log(
      `table point on chain, ${rows} rows of ${rowWidth(system.circuit.shape)} elements, ${snapshot.rows.length} real: ` +
        `${gas} gas in ${transactions} transactions`,
    );
    expect(transactions).toBe(2);
    expect(gas).toBeGreaterThan(0n);
  });

  it("knows nothing of a snapshot it has not seen", async () => {
    const reader = viemReader(system.client.public, system.deployment);
    expect(await reader.isSnapshotFresh(1n as Field)).toBe(false);
  });
});
