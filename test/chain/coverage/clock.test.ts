import { type Address, encodeDeployData, encodeFunctionData, type Hex, numberToHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishAsNewest } from "../../../src/actions/snapshot/publish.ts";
import { type ChainClient, connect } from "../../../src/chain/client.ts";
import {
  dropVoid,
  endOfServed,
  enterSnapshot,
  readClock,
  tryEnter,
} from "../../../src/chain/coverage/clock.ts";
import type { Deployment } from "../../../src/chain/deploy/deployment.ts";
import { deployBallast } from "../../../src/chain/deploy/node/deploy.ts";
import { marketClockAbi } from "../../../src/chain/generated/market-clock.ts";
import { snapshotOracleAbi } from "../../../src/chain/generated/snapshot-oracle.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../../src/chain/node/anvil.ts";
import { contractBytecode } from "../../../src/chain/node/artifacts.ts";
import type { TablePoint } from "../../../src/chain/snapshot/oracle-messages.ts";
import { signSnapshot, snapshotPoint } from "../../../src/chain/snapshot/publish.ts";
import { create } from "../../../src/chain/transact.ts";
import { instanceOf, type TableCircuit } from "../../../src/prover/circuits.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import type { VerifyingKey } from "../../../src/prover/verifying-key.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import { ORACLE_ACCOUNTS, START, smallSnapshot } from "../system.ts";

const GAP = 300n;

describe("the market clock", () => {
  let anvil: Anvil;
  let client: ChainClient;
  let deployment: Deployment;
  let clock: Address;
  const circuits: { circuit: TableCircuit; verifyingKey: VerifyingKey }[] = [];

  const pointsOf = (snapshot: Snapshot, count = 2): Promise<TablePoint[]> =>
    Promise.all(
      circuits
        .slice(0, count)
        .map(({ circuit, verifyingKey }) => snapshotPoint(circuit, verifyingKey, snapshot)),
    );
  const moveTo = async (time: bigint) => {
    const request = { method: "evm_setNextBlockTimestamp", params: [Number(time)] };
    await client.public.request(request as never);
    await client.public.request({ method: "evm_mine", params: [] } as never);
  };
  /** Publishes the market as it is then, with the points of so many circuits. */
  const publish = async (time: bigint, count = 2) => {
    const snapshot = smallSnapshot(time);
    const points = await pointsOf(snapshot, count);
    await moveTo(time + 1n);
    const signatures = await signSnapshot(deployment, snapshot, points, ORACLE_ACCOUNTS.slice(0, 2));
    const { newest } = await publishAsNewest(client, deployment, snapshot, points, signatures);
    return { snapshot, newest };
  };

  /** Another point than the signed one is computed from the rows: here the builder says so without any. */
  const refute = async (snapshotId: bigint, circuitId: Hex) => {
    const oracle = { address: deployment.snapshotOracle, abi: snapshotOracleAbi } as const;
    const from = await client.public.readContract({ ...oracle, functionName: "builder" });
    const args = [snapshotId, circuitId, 1n, 2n] as const;
    const data = encodeFunctionData({ abi: snapshotOracleAbi, functionName: "recordProvenPoint", args });
    const ask = (method: string, params: readonly unknown[]) =>
      client.public.request<{ ReturnType: Hex }>({ method, params } as never);
    await ask("anvil_impersonateAccount", [from]);
    await ask("anvil_setBalance", [from, numberToHex(10n ** 18n)]);
    // The node answers once the transaction waits, and not once it is in a block.
    const hash = await ask("eth_sendTransaction", [{ from, to: oracle.address, data }]);
    expect((await client.public.waitForTransactionReceipt({ hash })).status).toBe("success");
  };

  beforeAll(async () => {
    anvil = await startAnvil({ timestamp: START });
    const [deployer = "0x"] = anvilKeys(1);
    client = await connect(anvil.rpcUrl, deployer);
    for (const statement of ["coverage", "equity"] as const) {
      const circuit = instanceOf(statement, `${statement}_4x8_s5k2`);
      circuits.push({ circuit, verifyingKey: (await setupDev(circuit)).verifyingKey });
    }
    const transfer = instanceOf("transfer", "transfer_4");
    const moving = { circuit: transfer, verifyingKey: (await setupDev(transfer)).verifyingKey };
    const deployed = await deployBallast(client, {
      verifiers: [...circuits, moving].map((one) => ({ ...one, dev: true })),
      oracleSigners: ORACLE_ACCOUNTS.map(({ address }) => address),
    });
    const parameters = { spacing: 30n, grace: 60n, serveGap: GAP };
    const data = encodeDeployData({
      abi: marketClockAbi,
      bytecode: contractBytecode().MarketClock,
      args: [deployed.coverageRegistry, parameters],
    });
    clock = await create(client, data, "deploying the clock");
    // What publishing looks at of a liquidation.
    deployment = { ...deployed, liquidation: { clock } as NonNullable<Deployment["liquidation"]> };
  });
  afterAll(() => anvil.stop());

  it("has no newest snapshot at first, and no time runs", async () => {
    const state = await readClock(client, clock);
    expect(state).toMatchObject({ length: 0, served: 0n, servesUntil: 0n, isServing: false });
    expect(state.newest).toBeUndefined();
    expect(state.parameters).toEqual({ spacing: 30n, grace: 60n, serveGap: GAP });
  });

  it("takes a snapshot with all its points as soon as it is published", async () => {
    const { snapshot, newest } = await publish(START + 100n);
    expect(newest).toMatchObject({ entered: true });
    expect(await readClock(client, clock)).toMatchObject({
      newest: { snapshotId: snapshot.snapshotId, time: START + 100n, isVoid: false },
      length: 1,
      servesUntil: START + 100n + GAP,
      isServing: true,
    });
  });

  it("takes none that lacks a point, is too soon or older, and says why", async () => {
    const { newest } = await publish(START + 150n, 1);
    expect(newest).toMatchObject({ entered: false, reason: "NotComplete", hint: expect.any(String) });
    const { newest: older } = await publish(START + 99n + 60n);
    expect(older).toMatchObject({ entered: true });
    const { snapshot, newest: soon } = await publish(START + 165n);
    expect(soon).toMatchObject({ entered: false, reason: "TooSoon" });
    await moveTo(START + 200n);
    expect(await tryEnter(client, clock, snapshot.snapshotId)).toMatchObject({ entered: true });
    await expect(enterSnapshot(client, clock, snapshot.snapshotId)).rejects.toMatchObject({
      details: { error: "NotNewer" },
    });
    await expect(dropVoid(client, clock)).rejects.toMatchObject({ details: { error: "NewestSound" } });
  });

  it("stands once the newest has served for as long as one may, and goes on with the next", async () => {
    const end = START + 165n + GAP;
    await moveTo(end + 1_000n);
    const stopped = await readClock(client, clock);
    expect(stopped).toMatchObject({ servesUntil: end, isServing: false });
    await moveTo(end + 2_000n);
    expect((await readClock(client, clock)).served).toBe(stopped.served);
    await publish(end + 2_100n);
    await moveTo(end + 2_150n);
    const goesOn = await readClock(client, clock);
    expect(goesOn.isServing).toBe(true);
    const since = goesOn.time - (goesOn.newest?.enteredAt ?? 0n);
    expect(goesOn.served).toBe(stopped.served + since);
    // A window of ten minutes from now.
    expect(endOfServed(goesOn, goesOn.served + 600n)).toBe(goesOn.time + 600n);
    expect(endOfServed(goesOn, goesOn.served)).toBe(goesOn.time);
  });

  it("has no entry of a newest that was proven wrong, and goes back", async () => {
    const before = await readClock(client, clock);
    await moveTo(before.time + 60n);
    const { snapshot } = await publish(before.time + 61n);
    const [first] = await pointsOf(snapshot);
    if (first === undefined) throw new Error("the snapshot has no point");
    await refute(snapshot.snapshotId, first.circuitId);
    const wrong = { snapshotId: snapshot.snapshotId, time: 0n, enteredAt: 0n, isVoid: true };
    expect(await readClock(client, clock)).toMatchObject({ newest: wrong, isServing: false });
    await dropVoid(client, clock);
    expect((await readClock(client, clock)).newest).toEqual(before.newest);
  });
});
