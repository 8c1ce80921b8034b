import { type Address, erc20Abi } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployedSolvency } from "../../../src/chain/deploy/deployment.ts";
import { deploySolvency } from "../../../src/chain/deploy/node/deploy.ts";
import { collateralVaultAbi } from "../../../src/chain/generated/collateral-vault.ts";
import { solvencyRegistryAbi } from "../../../src/chain/generated/solvency-registry.ts";
import {
  addAsset,
  cancelWithdrawal,
  completeWithdrawal,
  deposit,
  readAssets,
  readDecimals,
  readWithdrawals,
  requestWithdrawal,
} from "../../../src/chain/solvency/vault.ts";
import { acceptVenue, proposeVenue, readVenue } from "../../../src/chain/solvency/venue.ts";
import { useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { BATCH, REPORT } from "../../solvency/small.ts";
import { call, deployMock } from "../mocks.ts";
import { type SolvencyStage, setTime, startSolvency, UNITS, undone } from "./stage.ts";

useSimulatedProofs([BATCH, REPORT]);

describe("a venue's vault", () => {
  let stage: SolvencyStage;
  let token: Address;
  const USDC = 1;
  const allowance = async () =>
    stage.client.public.readContract({
      address: token,
      abi: erc20Abi,
      functionName: "allowance",
      args: [stage.venue.account.address, stage.solvency.vault],
    });
  const lots = async () => (await readAssets(stage.client, stage.solvency))[0]?.lots;

  beforeAll(async () => {
    stage = await startSolvency();
    token = await deployMock(stage.venue, "Token");
    await call(stage.venue, token, "Token", "mint", [stage.venue.account.address, 100n * UNITS + 7n]);
  });
  afterAll(() => stage.stop());

  it("belongs to the venue, whoever deployed it", async () => {
    const read = { address: stage.solvency.vault, abi: collateralVaultAbi } as const;
    expect(await stage.client.public.readContract({ ...read, functionName: "venue" })).toBe(
      stage.venue.account.address,
    );
    expect(stage.solvency.venue).toBe(stage.venue.account.address);
    expect(deployedSolvency(stage.deployment)).toEqual(stage.solvency);
  });

  it("is not deployed with a clearing house that doesn't answer", async () => {
    const { client, deployment, solvency } = stage;
    const count = () => client.public.getTransactionCount({ address: client.account.address });
    const before = await count();
    for (const clearingHouse of [client.account.address, solvency.vault]) {
      await expect(
        deploySolvency(client, deployment, { venue: solvency.venue, clearingHouse }),
      ).rejects.toMatchObject({ code: "INVALID_INPUT", hint: expect.stringContaining("IClearingHouse") });
    }
    expect(await count()).toBe(before);
    const alone = await deploySolvency(client, deployment, { venue: solvency.venue });
    expect(BigInt(alone.clearingHouse)).toBe(0n);
  });

  it("is empty at first", async () => {
    expect(await readAssets(stage.client, stage.solvency)).toEqual([]);
    await expect(
      deposit(stage.venue, stage.solvency, { instrumentId: USDC, lots: 1n }),
    ).rejects.toMatchObject({
      shortMessage: "The vault has no asset 1.",
      details: { error: "UnknownAsset" },
    });
  });

  it("takes assets from the venue alone, each once", async () => {
    const { venue, stranger, solvency, client } = stage;
    const asset = { instrumentId: USDC, token, unitsPerLot: UNITS };
    await expect(addAsset(stranger, solvency, asset)).rejects.toMatchObject({
      details: { error: "OnlyVenue" },
      hint: "Send the transaction from the venue's account.",
    });
    await addAsset(venue, solvency, asset);
    for (const [changes, error] of [
      [{}, "AssetAlreadyAdded"],
      [{ instrumentId: 2 }, "TokenAlreadyAdded"],
      [{ instrumentId: 2, token: stranger.account.address }, "InvalidToken"],
    ] as const) {
      await expect(addAsset(venue, solvency, { ...asset, ...changes })).rejects.toMatchObject({
        details: { error },
      });
    }
    for (const changes of [
      { instrumentId: 0 },
      { instrumentId: 8 },
      { unitsPerLot: 0n },
      { unitsPerLot: 1n << 96n },
    ])
      expect(() => addAsset(venue, solvency, { ...asset, ...changes })).toThrow(
        expect.objectContaining({ code: "OUT_OF_RANGE" }),
      );
    expect(await readAssets(client, solvency)).toEqual([
      { ...asset, lots: 0n, requested: 0n, fenced: 0n, settling: 0n },
    ]);
    expect(await readDecimals(client, token)).toBe(18);
  });

  it("approves exactly what a deposit takes", async () => {
    const { venue, solvency } = stage;
    await deposit(venue, solvency, { instrumentId: USDC, lots: 40n });
    expect(await lots()).toBe(40n);
    expect(await allowance()).toBe(0n);
    await call(venue, token, "Token", "approve", [solvency.vault, 5n]);
    await deposit(venue, solvency, { instrumentId: USDC, lots: 10n });
    expect(await allowance()).toBe(0n);
    await call(venue, token, "Token", "approve", [solvency.vault, 1_000_000n]);
    await deposit(venue, solvency, { instrumentId: USDC, lots: 10n });
    expect(await allowance()).toBe(1_000_000n - 10n * UNITS);
    expect(await lots()).toBe(60n);
  });

  it("says what is missing for a deposit, before anything is approved", async () => {
    const before = await allowance();
    await expect(
      deposit(stage.venue, stage.solvency, { instrumentId: USDC, lots: 41n }),
    ).rejects.toMatchObject({ code: "CHAIN_ERROR", hint: expect.stringContaining("41000 of its units") });
    expect(await allowance()).toBe(before);
    await expect(
      requestWithdrawal(stage.venue, stage.solvency, { instrumentId: USDC, lots: 0n, to: token }),
    ).rejects.toMatchObject({ code: "OUT_OF_RANGE" });
  });

  it("doesn't count what anybody sends it", async () => {
    await undone(stage, async () => {
      await call(stage.venue, token, "Token", "transfer", [stage.solvency.vault, 2n * UNITS]);
      expect(await lots()).toBe(60n);
    });
  });

  it("announces a payment for the venue alone, and counts its lots no more", async () => {
    const { venue, stranger, solvency, client } = stage;
    const to = stranger.account.address;
    const movement = { instrumentId: USDC, lots: 25n, to };
    await expect(requestWithdrawal(stranger, solvency, movement)).rejects.toMatchObject({
      details: { error: "OnlyVenue" },
    });
    await expect(
      requestWithdrawal(venue, solvency, { ...movement, to: solvency.vault }),
    ).rejects.toMatchObject({ details: { error: "InvalidRecipient" } });
    const { withdrawal, receipt } = await requestWithdrawal(venue, solvency, movement);
    const { timestamp } = await client.public.getBlock({ blockNumber: receipt.blockNumber });
    expect(withdrawal).toEqual({ id: 1n, ...movement, readyAt: timestamp + 3_600n, proven: false });
    expect(await readAssets(client, solvency)).toMatchObject([{ lots: 35n, requested: 25n }]);
    await expect(requestWithdrawal(venue, solvency, { ...movement, lots: 36n })).rejects.toMatchObject({
      details: { error: "NotEnoughLots" },
      hint: expect.stringContaining("wait for a withdrawal"),
    });
    await expect(completeWithdrawal(venue, solvency, 1n)).rejects.toMatchObject({
      details: { error: "NotReady" },
    });
  });

  it("lists the payments that wait, however many were made", async () => {
    const { venue, stranger, solvency, client } = stage;
    const movement = { instrumentId: USDC, lots: 5n, to: stranger.account.address };
    await requestWithdrawal(venue, solvency, movement);
    await requestWithdrawal(venue, solvency, { ...movement, lots: 6n });
    const waiting = await readWithdrawals(client, solvency);
    expect(waiting).toMatchObject([
      { id: 3n, lots: 6n },
      { id: 2n, lots: 5n },
      { id: 1n, instrumentId: USDC, lots: 25n, to: stranger.account.address },
    ]);
    await expect(cancelWithdrawal(stranger, solvency, 2n)).rejects.toMatchObject({
      details: { error: "OnlyVenue" },
    });
    await cancelWithdrawal(venue, solvency, 2n);
    expect((await readWithdrawals(client, solvency)).map(({ id }) => id)).toEqual([3n, 1n]);
    expect(await readAssets(client, solvency)).toMatchObject([{ lots: 29n, requested: 31n }]);
    for (const id of [0n, 2n, 4n])
      await expect(completeWithdrawal(venue, solvency, id)).rejects.toMatchObject({
        details: { error: "UnknownWithdrawal" },
        hint: expect.stringContaining("ballast vault show"),
      });
    await cancelWithdrawal(venue, solvency, 3n);
  });

  it("pays to whom the venue said an hour later, whoever asks", async () => {
    const { stranger, solvency, client } = stage;
    const [waiting] = await readWithdrawals(client, solvency);
    await setTime(stage, waiting?.readyAt ?? 0n);
    await completeWithdrawal(stranger, solvency, 1n);
    expect(await readAssets(client, solvency)).toMatchObject([{ lots: 35n, requested: 0n }]);
    expect(await readWithdrawals(client, solvency)).toEqual([]);
    const args = [stranger.account.address] as const;
    const balance = { address: token, abi: erc20Abi, functionName: "balanceOf", args } as const;
    expect(await client.public.readContract(balance)).toBe(25n * UNITS);
    await expect(completeWithdrawal(stranger, solvency, 1n)).rejects.toMatchObject({
      details: { error: "UnknownWithdrawal" },
    });
  });

  it("holds no token that takes a fee", async () => {
    const { venue, solvency } = stage;
    const fee = await deployMock(venue, "FeeToken");
    await call(venue, fee, "FeeToken", "mint", [venue.account.address, 10n * UNITS]);
    await addAsset(venue, solvency, { instrumentId: 4, token: fee, unitsPerLot: UNITS });
    await expect(deposit(venue, solvency, { instrumentId: 4, lots: 1n })).rejects.toMatchObject({
      details: { error: "WrongAmountMoved" },
      hint: expect.stringContaining("takes a fee"),
    });
  });

  it("is handed over in two steps, and the former venue can do nothing more", async () => {
    const { venue, stranger, client, solvency } = stage;
    const refused = (act: Promise<unknown>, error: string) =>
      expect(act).rejects.toMatchObject({ code: "CHAIN_ERROR", details: { error } });
    const next = stranger.account.address;
    await undone(stage, async () => {
      await refused(proposeVenue(stranger, solvency, next), "OnlyVenue");
      await refused(acceptVenue(stranger, solvency), "OnlyPendingVenue");
      await proposeVenue(venue, solvency, next);
      expect(await readVenue(client, solvency)).toEqual({
        venue: venue.account.address,
        proposed: next,
        handovers: 0,
      });
      await proposeVenue(venue, solvency, undefined);
      await refused(acceptVenue(stranger, solvency), "OnlyPendingVenue");
      await proposeVenue(venue, solvency, next);
      await acceptVenue(stranger, solvency);
      expect(await readVenue(client, solvency)).toEqual({ venue: next, handovers: 1 });
      const registry = { address: solvency.registry, abi: solvencyRegistryAbi } as const;
      expect(await client.public.readContract({ ...registry, functionName: "venue" })).toBe(next);
      await refused(proposeVenue(venue, solvency, venue.account.address), "OnlyVenue");
      await refused(
        requestWithdrawal(venue, solvency, { instrumentId: USDC, lots: 1n, to: venue.account.address }),
        "OnlyVenue",
      );
    });
  });

  it("says so where there is no vault", async () => {
    const nowhere = { vault: "0x00000000000000000000000000000000000000aa" } as const;
    await expect(readAssets(stage.client, nowhere)).rejects.toMatchObject({ code: "CHAIN_ERROR" });
  });
});
