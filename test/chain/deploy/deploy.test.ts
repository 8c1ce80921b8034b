import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountOf, connect, connectReader, isLocalChain } from "../../../src/chain/client.ts";
import { type Deployment, deployedVerifier, parseDeployment } from "../../../src/chain/deploy/deployment.ts";
import { loadDeployment, saveDeployment } from "../../../src/chain/deploy/deployment-file.ts";
import {
  deployBallast,
  deployVerifier,
  readSealed,
  scheduleVerifier,
} from "../../../src/chain/deploy/node/deploy.ts";
import { type VerifierSpec, verifierCode } from "../../../src/chain/deploy/node/verifier-code.ts";
import { coverageVerifierAbi } from "../../../src/chain/generated/coverage-verifier.ts";
import { verifierRegistryAbi } from "../../../src/chain/generated/verifier-registry.ts";
import { cancelCall, executeCall, readReadyAt, scheduleCall } from "../../../src/chain/governed.ts";
import { anvilKeys, startAnvil } from "../../../src/chain/node/anvil.ts";
import { create } from "../../../src/chain/transact.ts";
import { type CircuitInstance, instance, instanceOf, reportSignals } from "../../../src/prover/circuits.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { icHash } from "../../../src/prover/verifying-key.ts";
import {
  CIRCUIT,
  ORACLE_ACCOUNTS,
  START,
  type System,
  setTime,
  startSystem,
  temporaryFolder,
} from "../system.ts";

const [FIRST = "0x", SECOND = "0x"] = anvilKeys(2);

describe("deploying", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  const readOf =
    (address: Address) => (functionName: "name" | "keyHash" | "circuitId" | "icHash" | "isDevKey") =>
      system.client.public.readContract({ address, abi: coverageVerifierAbi, functionName });

  it("computes the same key hash and circuit id on chain as off chain", async () => {
    const { address, circuitId, keyHash } = deployedVerifier(system.deployment, CIRCUIT);
    const read = readOf(address);
    expect(await read("name")).toBe(CIRCUIT);
    expect(await read("keyHash")).toBe(keyHash);
    expect(await read("circuitId")).toBe(circuitId);
    expect(keyHash).toBe(system.key.keyHash);
    expect(circuitId).toBe(system.key.circuitId);
    expect(await read("icHash")).toBe(icHash(system.key.verifyingKey, system.circuit));
    expect(await read("isDevKey")).toBe(true);
    const registered = await system.client.public.readContract({
      address: system.deployment.verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: "verifierOf",
      args: [circuitId],
    });
    expect(registered).toBe(address);
  });

  it.each([
    ["solvency_2x4x8_s5k2_d4", "solvency"],
    ["report_s5k2", "report"],
    ["equity_4x8_s5k2", "equity"],
    ["ceiling_4x8_s5k2", "ceiling"],
    ["reduction_4x8_s5k2", "reduce"],
    ["transfer_4", "transfer"],
    ["deleverage_4", "delever"],
  ])("does so for %s, of another statement", async (name, statement) => {
    const circuit = instance(name);
    const { verifyingKey } = await setupDev(circuit);
    const spec = { circuit, verifyingKey, dev: true };
    const { verifierRegistry } = system.deployment;
    const { address, circuitId, keyHash } = await deployVerifier(system.client, verifierRegistry, spec);
    const read = readOf(address);
    expect(await read("name")).toBe(name);
    expect(await read("keyHash")).toBe(keyHash);
    expect(await read("circuitId")).toBe(circuitId);
    expect(await read("icHash")).toBe(icHash(verifyingKey, circuit));
    const kind = await system.client.public.readContract({
      address: verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: "kindOf",
      args: [circuitId],
    });
    expect(Buffer.from(kind.slice(2), "hex").toString().replaceAll("\0", "")).toBe(statement);
  });

  it("has no verifier for the report of another number of underlyings", () => {
    const shape = { scenarios: 5, underlyings: 1 };
    const signals = reportSignals(shape);
    const circuit: CircuitInstance = {
      ...instanceOf("report", "report_s5k2"),
      shape,
      signals,
      publicInputs: signals.length,
    };
    const { verifyingKey } = system.key;
    const ic = verifyingKey.ic.slice(0, signals.length + 1);
    const spec: VerifierSpec = { circuit, verifyingKey: { ...verifyingKey, ic }, dev: true };
    expect(() => verifierCode(spec)).toThrow(expect.objectContaining({ code: "UNKNOWN_CIRCUIT" }));
  });

  it("never registers a circuit twice, and only as the owner", async () => {
    await expect(
      deployVerifier(system.client, system.deployment.verifierRegistry, system.spec),
    ).rejects.toMatchObject({ details: { error: "CircuitAlreadyRegistered" } });
    const stranger = await connect(system.anvil.rpcUrl, SECOND);
    await expect(
      deployVerifier(stranger, system.deployment.verifierRegistry, system.spec),
    ).rejects.toMatchObject({ details: { error: "OwnableUnauthorizedAccount" } });
  });

  it("refuses keys that anybody can forge under, also where the contract sees but a hash of their points", async () => {
    const { verifyingKey } = system.key;
    const [first, second, ...rest] = verifyingKey.ic;
    if (first === undefined || second === undefined) throw new Error("the key has no IC points");
    const before = await system.client.public.getBlockNumber();
    for (const [change, point] of [
      [{ delta2: verifyingKey.gamma2 }, "delta"],
      [{ ic: [first, second, second, ...rest.slice(1)] }, "IC 2"],
    ] as const) {
      const spec = { circuit: system.circuit, verifyingKey: { ...verifyingKey, ...change }, dev: true };
      const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
      const refusal = { code: "INVALID_KEY", details: { point } };
      const deployed = deployBallast(system.client, { verifiers: [spec], oracleSigners });
      await expect(deployed).rejects.toMatchObject(refusal);
      const added = deployVerifier(system.client, system.deployment.verifierRegistry, spec);
      await expect(added).rejects.toMatchObject(refusal);
    }
    expect(await system.client.public.getBlockNumber()).toBe(before);
  });

  it("refuses a key of another circuit", async () => {
    const circuit = instanceOf("coverage", "coverage_16x120_s35k2");
    await expect(
      deployVerifier(system.client, system.deployment.verifierRegistry, { ...system.spec, circuit }),
    ).rejects.toMatchObject({ code: "KEY_MISMATCH" });
  });

  it("takes circuits of one size: other ones are refused before anything is sent, and by the list later", async () => {
    const { client, spec } = system;
    const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
    const before = await client.public.getBlockNumber();
    await expect(
      deployBallast(client, { verifiers: [spec], oracleSigners, slots: 32 }),
    ).rejects.toMatchObject({
      code: "INVALID_INPUT",
      details: { circuit: spec.circuit.name, slots: 32 },
    });
    expect(await client.public.getBlockNumber()).toBe(before);
    const { verifierRegistry } = await deployBallast(client, { verifiers: [], oracleSigners, slots: 32 });
    await expect(deployVerifier(client, verifierRegistry, spec)).rejects.toMatchObject({
      details: { error: "WrongSlots" },
    });
    const four = await deployBallast(client, { verifiers: [spec], oracleSigners, slots: 4 });
    expect(four.verifiers.map(({ circuit }) => circuit)).toEqual([spec.circuit.name]);
  });

  it("refuses dev keys on a chain that isn't local: here, and in the verifier's constructor", async () => {
    const anvil = await startAnvil({ chainId: 10, timestamp: START });
    try {
      const client = await connect(anvil.rpcUrl, FIRST);
      const before = await client.public.getTransactionCount({ address: client.account.address });
      const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
      await expect(deployBallast(client, { verifiers: [system.spec], oracleSigners })).rejects.toMatchObject({
        code: "DEV_KEY_REFUSED",
      });
      expect(await client.public.getTransactionCount({ address: client.account.address })).toBe(before);
      const data = verifierCode(system.spec);
      await expect(create(client, data, "deploying")).rejects.toMatchObject({
        details: { error: "DevKeyOutsideLocalChain" },
      });
    } finally {
      await anvil.stop();
    }
    expect([1, 10, 31_337, 1_337].map(isLocalChain)).toEqual([false, false, true, true]);
  });

  it("names what is wrong with signers, threshold and age", async () => {
    const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
    const [signer = "0x"] = oracleSigners;
    for (const [options, error] of [
      [{ oracleSigners: [] }, "InvalidSignerSet"],
      [{ oracleSigners: [signer, signer] }, "InvalidSignerSet"],
      [{ oracleSigners, threshold: 1 }, "InvalidThreshold"],
      [{ oracleSigners, threshold: 4 }, "InvalidThreshold"],
      [{ oracleSigners, maxAge: 59 }, "InvalidMaxAge"],
    ] as const) {
      await expect(deployBallast(system.client, { verifiers: [], ...options })).rejects.toMatchObject({
        details: { error },
      });
    }
  });

  it("offers the registry to another owner", async () => {
    const owner = accountOf(SECOND).address;
    const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
    const { verifierRegistry } = await deployBallast(system.client, { verifiers: [], oracleSigners, owner });
    const pending = await system.client.public.readContract({
      address: verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: "pendingOwner",
    });
    expect(pending).toBe(owner);
    // Who deployed is the owner until then, and can add nothing unseen.
    expect(await readSealed(system.client, { verifierRegistry })).toBe(true);
    await expect(deployVerifier(system.client, verifierRegistry, system.spec)).rejects.toMatchObject({
      details: { error: "OnlyScheduled" },
      hint: expect.stringContaining("two days"),
    });
  });

  it("leaves the list open for its owner on a local chain, and seals it elsewhere", async () => {
    expect(await readSealed(system.client, system.deployment)).toBe(false);
    const anvil = await startAnvil({ chainId: 10, timestamp: START });
    try {
      const client = await connect(anvil.rpcUrl, FIRST);
      const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
      const steps: string[] = [];
      const onStep = (step: string) => void steps.push(step);
      const sealed = await deployBallast(client, { verifiers: [], oracleSigners, onStep });
      expect(await readSealed(client, sealed)).toBe(true);
      expect(steps.at(-1)).toBe("sealing the list of verifiers");
      const open = await deployBallast(client, { verifiers: [], oracleSigners, seal: false });
      expect(await readSealed(client, open)).toBe(false);
    } finally {
      await anvil.stop();
    }
  });

  it("adds a verifier to a sealed list after two days, by anyone, unless the owner cancels", async () => {
    const anvil = await startAnvil({ timestamp: START });
    try {
      const owner = await connect(anvil.rpcUrl, FIRST);
      const stranger = await connect(anvil.rpcUrl, SECOND);
      const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
      const options = { verifiers: [], oracleSigners, seal: true };
      const { verifierRegistry } = await deployBallast(owner, options);
      await expect(scheduleVerifier(stranger, verifierRegistry, system.spec)).rejects.toMatchObject({
        details: { error: "OwnableUnauthorizedAccount" },
      });
      const { verifier, registration } = await scheduleVerifier(owner, verifierRegistry, system.spec);
      await expect(scheduleCall(owner, registration)).rejects.toMatchObject({
        details: { error: "AlreadyScheduled" },
      });
      const readyAt = await readReadyAt(owner, registration);
      const { timestamp } = await owner.public.getBlock();
      expect(readyAt).toBe(timestamp + 172_800n);
      await expect(executeCall(stranger, registration)).rejects.toMatchObject({
        details: { error: "NotReady" },
      });
      await cancelCall(owner, registration);
      expect(await readReadyAt(owner, registration)).toBe(0n);
      await scheduleCall(owner, registration);
      await setTime({ client: owner }, (await readReadyAt(owner, registration)) + 1n);
      await executeCall(stranger, registration);
      const read = { address: verifierRegistry, abi: verifierRegistryAbi } as const;
      const args = [verifier.circuitId] as const;
      expect(await owner.public.readContract({ ...read, functionName: "verifierOf", args })).toBe(
        verifier.address,
      );
      await expect(executeCall(stranger, registration)).rejects.toMatchObject({
        details: { error: "NotScheduled" },
      });
    } finally {
      await anvil.stop();
    }
  });

  it("keeps the deployment in a file", () => {
    const path = join(temporaryFolder(), "deployment.json");
    saveDeployment(path, system.deployment);
    expect(loadDeployment(path)).toEqual(system.deployment);
  });

  it("refuses files that are no deployments", () => {
    const folder = temporaryFolder();
    expect(() => loadDeployment(join(folder, "absent.json"))).toThrow(
      expect.objectContaining({ code: "FILE_ERROR" }),
    );
    writeFileSync(join(folder, "broken.json"), "{");
    expect(() => loadDeployment(join(folder, "broken.json"))).toThrow(
      expect.objectContaining({ code: "FILE_ERROR" }),
    );
    const { deployment } = system;
    const broken: Record<string, unknown>[] = [
      { ...deployment, format: "ballast.deployment/3" },
      { ...deployment, surprise: 1 },
      { ...deployment, coverageRegistry: "0x12" },
      { ...deployment, verifiers: [{}] },
    ];
    for (const json of broken)
      expect(() => parseDeployment(json)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
    const none: Deployment = { ...deployment, verifiers: [] };
    expect(() => deployedVerifier(none, CIRCUIT)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_CIRCUIT" }),
    );
  });

  it("says so when no node answers, and never repeats a private key", async () => {
    await expect(connectReader("http://127.0.0.1:9")).rejects.toMatchObject({ code: "CHAIN_ERROR" });
    const secret = `0x${"zz".repeat(32)}` as const;
    expect(() => accountOf(secret)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
    expect(() => accountOf(secret)).not.toThrow(/zz/);
  });

  it("says so when the port is taken", async () => {
    await expect(startAnvil({ port: system.anvil.port })).rejects.toMatchObject({ code: "CHAIN_ERROR" });
  });
});
