import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JsonRpcProvider } from "ethers";
import { type Address, encodeFunctionData, hashTypedData } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ethersSolvencyReader } from "../../../src/chain/ethers/solvency.ts";
import { solvencyRegistryAbi } from "../../../src/chain/generated/solvency-registry.ts";
import { verifierRegistryAbi } from "../../../src/chain/generated/verifier-registry.ts";
import type { SolvencyReader } from "../../../src/chain/solvency/attestation.ts";
import { type PostOptions, type PostStep, postRun } from "../../../src/chain/solvency/post.ts";
import { viemSolvencyReader } from "../../../src/chain/solvency/read.ts";
import { closeRun, openRun, runMessage, signRun, submitBatches } from "../../../src/chain/solvency/run.ts";
import { deposit, requestWithdrawal } from "../../../src/chain/solvency/vault.ts";
import { transact } from "../../../src/chain/transact.ts";
import { toField } from "../../../src/math/field.ts";
import { readPortfolios } from "../../../src/portfolio/stream-file.ts";
import { portfolioSums } from "../../../src/risk/requirement.ts";
import { accountStress, SolvencySums } from "../../../src/risk/solvency.ts";
import { PublicRunFolder, RunFolder } from "../../../src/solvency/node/folder.ts";
import { proveRun } from "../../../src/solvency/node/prove.ts";
import type { ReportFile } from "../../../src/solvency/run-format.ts";
import { useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { testFolder } from "../../solvency/folder.ts";
import {
  BATCH,
  begin,
  proveOptions,
  REPORT,
  smallSnapshot,
  snapshot,
  VENUE,
  type VenueLine,
  venueLines,
} from "../../solvency/small.ts";
import { call } from "../mocks.ts";
import { FUNDS, fill, publish, type SolvencyStage, setTime, startSolvency, UNITS, undone } from "./stage.ts";

useSimulatedProofs([BATCH, REPORT]);

const folder = testFolder();
const at = (name: string): string => join(folder, name);
/** A newer snapshot, for a second attestation. */
const later = smallSnapshot(snapshot.time * 1000n + 1_200_000n);
/** Sixteen accounts fill the small tree: eight batches. */
const CROWD: readonly VenueLine[] = [
  ...VENUE,
  ...Array.from({ length: 11 }, (_, i): VenueLine => [`customer ${i}`, {}]),
];

let stage: SolvencyStage;
let provider: JsonRpcProvider;
let readers: Record<"viem" | "ethers", SolvencyReader>;
let files: PublicRunFolder;
let report: ReportFile;
/** Another run, of the same holdings in more accounts. */
let crowd: PublicRunFolder;
let tokens: Map<number, Address>;

beforeAll(async () => {
  stage = await startSolvency();
  const { anvil, client, deployment, solvency } = stage;
  provider = new JsonRpcProvider(anvil.rpcUrl, deployment.chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
  });
  readers = {
    viem: viemSolvencyReader(client.public, solvency),
    ethers: ethersSolvencyReader(provider, solvency),
  };
  ({ files, report } = await complete("run"));
  ({ files: crowd } = await complete("crowd", venueLines(CROWD), {
    snapshot: later,
    deadline: later.time + 3600n,
  }));
  tokens = await fill(stage, report.reserves);
});
afterAll(async () => {
  provider.destroy();
  await stage.stop();
});

/** Begins a run for the stage's registry. */
function beginHere(name: string, lines = venueLines(), changes: Parameters<typeof begin>[3] = {}) {
  const { keys, deployment, solvency } = stage;
  const target = { chainId: BigInt(deployment.chainId), registry: solvency.registry };
  return begin(at(name), keys, lines, { target, venue: solvency.venue, ...changes });
}

async function complete(name: string, lines?: string, changes: Parameters<typeof begin>[3] = {}) {
  await beginHere(name, lines, changes);
  const options = { ...proveOptions(stage.keys), snapshot: changes.snapshot ?? snapshot };
  const found = await proveRun(new RunFolder(at(name)), options);
  return { files: new PublicRunFolder(at(name)), report: found };
}

const post = (run = files, options: PostOptions = {}) =>
  postRun(stage.client, stage.deployment, run, { account: stage.venue.account, ...options });
const batchesOf = (run = files) => Array.from({ length: run.run.batches }, (_, i) => run.batch(i));
const open = async (run = files) =>
  openRun(stage.client, stage.solvency, run.run, await signRun(run.run, stage.venue.account));
const submit = (from: number, batches = batchesOf().slice(from), chunk = 16) =>
  submitBatches(stage.client, stage.solvency, files.run.runId, from, batches, { chunk });
const close = (changes: Partial<ReportFile> = {}) =>
  closeRun(stage.client, stage.solvency, files.run.runId, { ...report, ...changes });
const onChain = (run = files) => readers.viem.readRun(run.run.runId);

/** The attempt fails like this, and nothing was sent for it. */
async function refused(attempt: () => Promise<unknown>, expected: object): Promise<void> {
  const { client } = stage;
  const sent = () => client.public.getTransactionCount({ address: client.account.address });
  const before = await sent();
  await expect(attempt()).rejects.toMatchObject({ hint: expect.stringMatching(/\S/), ...expected });
  expect(await sent()).toBe(before);
}

/** What the reference model says of the accounts that a run began from. */
async function modelOf(name: string, { rows, shape, policyElements } = snapshot) {
  const sums = new SolvencySums(shape);
  for await (const { portfolio } of readPortfolios(at(`${name}.jsonl`), { rows })) {
    sums.add(accountStress(portfolioSums(rows, portfolio.positions, shape), policyElements, shape));
  }
  return sums.result();
}

/** A run that looks complete and can't be attested: it has another run's proofs. */
async function unproven(name: string, changes: Parameters<typeof begin>[3] = {}): Promise<PublicRunFolder> {
  await beginHere(name, undefined, changes);
  cpSync(join(at("run"), "public", "proofs"), join(at(name), "public", "proofs"), { recursive: true });
  cpSync(join(at("run"), "public", "report.json"), join(at(name), "public", "report.json"));
  return new PublicRunFolder(at(name));
}

function edited(name: string, file: string, change: (text: string) => string): PublicRunFolder {
  cpSync(at("run"), at(name), { recursive: true });
  const path = join(at(name), "public", file);
  const text = readFileSync(path, "utf8");
  expect(change(text)).not.toBe(text);
  writeFileSync(path, change(text));
  return new PublicRunFolder(at(name));
}

describe("the venue's signature", () => {
  const ask = (functionName: "openDigest" | "runIdOf") => {
    const { registry: address } = stage.solvency;
    const args = [files.run] as const;
    return stage.client.public.readContract({ address, abi: solvencyRegistryAbi, functionName, args });
  };

  it("is under the registry's own digest, and the run has the registry's own id", async () => {
    expect(hashTypedData(runMessage(files.run))).toBe(await ask("openDigest"));
    expect(files.run.runId).toBe(await ask("runIdOf"));
  });

  it("is needed, and nobody else's will do", async () => {
    const { client, deployment, stranger, venue, solvency } = stage;
    await refused(() => postRun(client, deployment, files), {
      code: "INVALID_INPUT",
      shortMessage: "The run is not open yet: it takes the venue's signature.",
    });
    await refused(() => post(files, { account: stranger.account }), {
      code: "INVALID_INPUT",
      shortMessage: expect.stringContaining(`${stranger.account.address} is not its venue`),
      hint: expect.stringContaining(venue.account.address),
    });
    const forged = await signRun(files.run, stranger.account);
    await refused(() => post(files, { signature: forged }), { details: { error: "InvalidSignature" } });
    await refused(() => openRun(client, solvency, files.run, forged), {
      details: { error: "InvalidSignature" },
    });
    for (const changed of [{ deadline: files.run.deadline - 1n }, { accountsRoot: toField(7n) }]) {
      const signature = await signRun(files.run, venue.account);
      await refused(() => openRun(client, solvency, { ...files.run, ...changed }, signature), {
        details: { error: "InvalidSignature" },
      });
    }
    const elsewhere = await signRun({ ...files.run, chainId: 1n }, venue.account);
    await refused(() => post(files, { signature: elsewhere }), { details: { error: "InvalidSignature" } });
  });
});

describe("posting refuses, before anything is sent,", () => {
  it("a deployment or a node of another chain, and another registry", async () => {
    const { client, deployment, solvency } = stage;
    await refused(() => postRun(client, { ...deployment, chainId: 1 }, files, {}), {
      code: "INVALID_INPUT",
      shortMessage: "The node is on chain 31337, the deployment on chain 1.",
    });
    const elsewhere = await unproven("elsewhere", { target: { chainId: 1n, registry: solvency.registry } });
    await refused(() => post(elsewhere), {
      code: "RUN_CONFLICT",
      shortMessage: "The run was made for chain 1, not for chain 31337.",
    });
    const changed = { ...deployment, solvency: { ...solvency, registry: solvency.vault } };
    await refused(() => postRun(client, changed, files), {
      code: "RUN_CONFLICT",
      shortMessage: expect.stringMatching(/made for the registry/),
    });
    const { solvency: _, ...without } = deployment;
    await refused(() => postRun(client, without, files), {
      code: "INVALID_INPUT",
      inputs: ["deploy.venue"],
    });
  });

  it("a run for verification off chain", async () => {
    await beginHere("off chain", undefined, { target: { chainId: 0n, registry: stage.solvency.registry } });
    await refused(() => post(new PublicRunFolder(at("off chain"))), {
      code: "RUN_CONFLICT",
      shortMessage: "The run was begun for verification off chain.",
      inputs: ["run.deployment"],
    });
  });

  it("a run without all its files", async () => {
    cpSync(at("run"), at("no report"), { recursive: true });
    rmSync(join(at("no report"), "public", "report.json"));
    await refused(() => post(new PublicRunFolder(at("no report"))), {
      code: "INVALID_INPUT",
      shortMessage: "The run is not complete: it has no report.",
      hint: expect.stringContaining("ballast solvency run"),
    });
    cpSync(at("run"), at("no batch"), { recursive: true });
    rmSync(join(at("no batch"), "public", "proofs", "00000001.json"));
    await refused(() => post(new PublicRunFolder(at("no batch"))), {
      code: "INVALID_INPUT",
      shortMessage: "The run is not complete: 1 of 3 batches have no proof, first batch 1.",
    });
  });

  it("a report whose reserves were changed", async () => {
    const changed = edited("less", "report.json", (text) => text.replace('"20000"', '"19999"'));
    await refused(() => post(changed), {
      code: "INVALID_INPUT",
      shortMessage: "The report's reserves are not those the run was begun with.",
    });
  });

  it("another snapshot than the run's", async () => {
    await refused(() => post(files, { snapshot: later }), { code: "RUN_CONFLICT" });
  });

  it("a snapshot that isn't published, or has no table point", async () => {
    const unpublished = await unproven("unpublished", { snapshot: later });
    await refused(() => post(unpublished), { details: { error: "UnknownSnapshot" } });
    const batch = { circuit: BATCH, circuitId: stage.keys.report.circuitId };
    const other = await unproven("other circuit", { batch });
    await refused(() => post(other), {
      details: { error: "NoTablePoint" },
      hint: expect.stringContaining("add the table point of this circuit"),
    });
  });

  it("a deadline that has passed by the chain's clock", async () => {
    await undone(stage, async () => {
      await setTime(stage, files.run.deadline);
      await setTime(stage, files.run.deadline + 5n);
      await refused(() => post(), {
        code: "CHAIN_ERROR",
        shortMessage: "The run's deadline passed 5 s ago: DeadlinePassed.",
        details: { error: "DeadlinePassed" },
      });
    });
  });

  it("reserves that are short by one lot, naming asset and amount", async () => {
    const { venue, stranger, solvency } = stage;
    await undone(stage, async () => {
      await requestWithdrawal(venue, solvency, {
        instrumentId: 2,
        lots: 1n,
        to: stranger.account.address,
      });
      await refused(() => post(files, { snapshot }), {
        code: "RESERVES_SHORT",
        shortMessage: "The vault is short of 0.0001 BTC.",
        hint: expect.stringContaining("ballast vault deposit"),
      });
      await refused(() => post(), { shortMessage: "The vault is short of 1 lots of asset 2." });
      await open();
      await submit(0);
      await refused(() => close(), { details: { error: "ReservesShort" } });
    });
  });
});

describe("the registry refuses", () => {
  it("batches of a run that was never opened, and opening one twice", async () => {
    await refused(() => submit(0), { details: { error: "UnknownRun" }, hint: "Open the run first." });
    await undone(stage, async () => {
      await open();
      expect(await onChain()).toMatchObject({ batches: 0, closed: false, deadline: files.run.deadline });
      await refused(() => open(), { details: { error: "RunAlreadyOpened" } });
    });
  });

  it("batches out of order, twice, or with one left out", async () => {
    await undone(stage, async () => {
      await open();
      const [first, second, third] = batchesOf();
      if (first === undefined || second === undefined || third === undefined)
        throw new Error("three batches");
      await refused(() => submit(1), {
        details: { error: "UnexpectedBatch" },
        hint: expect.stringContaining("next batch"),
      });
      await refused(() => submit(0, [second, first, third]), {
        code: "PROOF_REJECTED",
        shortMessage: "The proof of batch 0 does not verify.",
      });
      await submit(0, [first]);
      await refused(() => submit(0, [first]), { details: { error: "UnexpectedBatch" } });
      await refused(() => submit(1, [third]), {
        code: "PROOF_REJECTED",
        shortMessage: "The proof of batch 1 does not verify.",
      });
      await refused(() => submit(1, [second, second]), {
        code: "PROOF_REJECTED",
        details: { error: "InvalidBatchProof", batch: 2 },
      });
      expect((await onChain())?.batches).toBe(1);
      await submit(1);
      await refused(() => submit(3, [third]), { code: "PROOF_REJECTED" });
    });
  });

  it("closing without batches, or before the last", async () => {
    await undone(stage, async () => {
      await open();
      await refused(() => close(), { details: { error: "NoBatches" } });
      await submit(0, batchesOf().slice(0, 2));
      await refused(() => close(), {
        details: { error: "InvalidReport" },
        hint: expect.stringContaining("after its last batch"),
      });
    });
  });

  it("batches of another run, naming the first", async () => {
    await undone(stage, async () => {
      await open();
      const [first] = batchesOf();
      const [, foreign] = batchesOf(crowd);
      if (first === undefined || foreign === undefined) throw new Error("two runs");
      await refused(() => submit(0, [first, foreign, foreign]), {
        code: "PROOF_REJECTED",
        shortMessage: "The proof of batch 1 does not verify.",
        hint: expect.stringContaining("of this run, in its place"),
      });
    });
    await undone(stage, async () => {
      const mixed = await unproven("mixed");
      await expect(post(mixed)).rejects.toMatchObject({ code: "PROOF_REJECTED", details: { batch: 0 } });
      expect(await onChain(mixed)).toMatchObject({ batches: 0 });
    });
  });

  it("numbers that the report doesn't open, and reserves that aren't the run's", async () => {
    await undone(stage, async () => {
      await open();
      await submit(0);
      const { result, reserves } = report;
      for (const changes of [
        { worstShortfall: result.worstShortfall - 1n },
        { tiers: [...result.tiers.slice(0, 3), 1, 0] },
        { demand: result.demand.map((value) => value + 1n) },
      ])
        await refused(() => close({ result: { ...result, ...changes } }), {
          details: { error: "InvalidReport" },
        });
      await refused(() => close({ reserves: reserves.slice(1) }), { details: { error: "ReservesMismatch" } });
      await refused(async () => close({ result: { ...result, demand: result.demand.slice(1) } }), {
        code: "UNKNOWN_CIRCUIT",
      });
    });
  });

  it("chunks of none or more than 64", async () => {
    for (const chunk of [0, 65, 1.5])
      await expect(submit(0, batchesOf(), chunk)).rejects.toMatchObject({ code: "OUT_OF_RANGE" });
  });
});

describe("posting", () => {
  it("goes through in one go, and says what it did", async () => {
    await undone(stage, async () => {
      const steps: PostStep[] = [];
      const posted = await post(files, { onProgress: (step) => steps.push(step) });
      expect(posted).toMatchObject({ runId: files.run.runId, resumedAt: null, steps });
      expect(steps.map(({ step, batches }) => [step, batches])).toEqual([
        ["open", 0],
        ["submit", 3],
        ["close", 3],
      ]);
      expect((await onChain())?.closed).toBe(true);
    });
  });

  it("resumes after an interruption at any point, without the venue's key once it is open", async () => {
    const interrupted = (after: number) => {
      let left = after;
      return post(files, {
        chunk: 1,
        onProgress: () => {
          if (--left === 0) throw new Error("killed");
        },
      });
    };
    for (const after of [1, 2, 3, 4])
      await undone(stage, async () => {
        await expect(interrupted(after)).rejects.toThrow("killed");
        const sent = await onChain();
        expect(sent).toMatchObject({ batches: after - 1, closed: false });
        const { client, deployment } = stage;
        const posted = await postRun(client, deployment, files, { chunk: 2 });
        expect(posted.resumedAt).toBe(after - 1);
        expect(posted.steps.map(({ step }) => step)).not.toContain("open");
        expect((await onChain())?.closed).toBe(true);
      });
  });

  it("resumes with the files that are still missing on chain, and no others", async () => {
    await undone(stage, async () => {
      await open();
      await submit(0, batchesOf().slice(0, 2));
      cpSync(at("run"), at("rest"), { recursive: true });
      for (const index of [0, 1]) rmSync(join(at("rest"), "public", "proofs", `0000000${index}.json`));
      await post(new PublicRunFolder(at("rest")));
      expect((await onChain())?.closed).toBe(true);
    });
  });

  it("goes on when somebody else submits a batch ahead of it", async () => {
    await undone(stage, async () => {
      const { client, stranger, deployment, solvency, venue } = stage;
      let sent = 0;
      const sendRawTransaction: typeof client.wallet.sendRawTransaction = async (request) => {
        if (++sent === 3)
          await submitBatches(stranger, solvency, files.run.runId, 1, batchesOf().slice(1, 2));
        return client.wallet.sendRawTransaction(request);
      };
      const slow = { ...client, wallet: { ...client.wallet, sendRawTransaction } };
      const { steps } = await postRun(slow, deployment, files, { account: venue.account, chunk: 1 });
      expect(steps.map(({ step, batches }) => [step, batches])).toEqual([
        ["open", 0],
        ["submit", 1],
        ["submit", 3],
        ["close", 3],
      ]);
    });
  });

  it("names what the vault lost on the way", async () => {
    await undone(stage, async () => {
      const { venue, stranger, solvency } = stage;
      const out = { instrumentId: 3, lots: 2n, to: stranger.account.address };
      const work: Promise<unknown>[] = [];
      const onProgress = ({ step }: PostStep) => {
        if (step === "open") work.push(requestWithdrawal(venue, solvency, out));
      };
      await expect(post(files, { snapshot, onProgress })).rejects.toMatchObject({
        code: "RESERVES_SHORT",
        shortMessage: "The vault is short of 0.002 ETH.",
      });
      await Promise.all(work);
      expect(await onChain()).toMatchObject({ batches: 3, closed: false });
    });
  });

  it("sends nothing for a run that is closed, and that takes no more", async () => {
    await undone(stage, async () => {
      await post();
      const nonce = await stage.client.public.getTransactionCount({ address: stage.client.account.address });
      expect(await post()).toEqual({ runId: files.run.runId, resumedAt: 3, steps: [] });
      expect(await stage.client.public.getTransactionCount({ address: stage.client.account.address })).toBe(
        nonce,
      );
      await refused(() => submit(3, batchesOf().slice(0, 1)), { details: { error: "RunClosed" } });
      await refused(() => close(), { details: { error: "RunClosed" } });
      const again = await unproven("again");
      await refused(() => post(again), {
        shortMessage: "The venue's latest attestation has this or a newer snapshot: SnapshotNotNewer.",
      });
    });
  });
});

describe("the attestation", () => {
  const both = async (runId?: `0x${string}`) => {
    const viem = await readers.viem.readAttestation(runId);
    expect(await readers.ethers.readAttestation(runId)).toEqual(viem);
    return viem;
  };

  it("isn't there before a run is closed", async () => {
    await undone(stage, async () => {
      expect(await both()).toBeUndefined();
      expect(await readers.ethers.readRun(files.run.runId)).toBeUndefined();
      await open();
      expect(await readers.ethers.readRun(files.run.runId)).toEqual(await onChain());
      await submit(0);
      expect(await readers.ethers.readRun(files.run.runId)).toEqual(await onChain());
      expect(await both(files.run.runId)).toBeUndefined();
    });
  });

  it("says what the reference model says, with funds, coverage and reserves, through viem and ethers", async () => {
    await undone(stage, async () => {
      await post();
      const found = await both();
      const result = await modelOf("run");
      expect(result.worstShortfall).toBeGreaterThan(0n);
      const funds = FUNDS.insuranceFund + FUNDS.gammaReserve;
      const { run } = files;
      expect(found).toEqual({
        status: "current",
        venue: stage.venue.account.address,
        vault: stage.solvency.vault,
        runId: run.runId,
        snapshotId: snapshot.snapshotId,
        accountsRoot: run.accountsRoot,
        batchCircuit: stage.keys.batch.circuitId,
        reportCircuit: stage.keys.report.circuitId,
        snapshotTime: snapshot.time,
        attestedAt: expect.any(BigInt),
        expiresAt: snapshot.time + 3600n,
        batches: 3,
        result,
        funds: { ...FUNDS, coveragePpm: (funds * 1_000_000n) / result.worstShortfall },
        reserves: report.reserves.map(({ instrumentId, quantity }) => ({
          instrumentId,
          proven: quantity,
          held: quantity,
        })),
      });
      // The division has a remainder: rounding up would show.
      expect((funds * 1_000_000n) % result.worstShortfall).not.toBe(0n);
      expect(await both(run.runId)).toEqual(found);
    });
  });

  it("stays as it was at closing, whatever funds and vault do afterwards", async () => {
    await undone(stage, async () => {
      const { client, clearingHouse, venue, solvency, stranger } = stage;
      await post();
      const before = await both();
      await call(client, clearingHouse, "MockClearingHouse", "set", [1n, 2n]);
      const out = { instrumentId: 1, lots: 5n, to: stranger.account.address };
      await requestWithdrawal(venue, solvency, out);
      expect(await both()).toEqual(before);
    });
  });

  it("has no coverage without a shortfall, and no reserves where nobody holds anything", async () => {
    const idle = await complete("idle", venueLines([["idle", {}]]));
    await undone(stage, async () => {
      await post(idle.files);
      expect(await both()).toMatchObject({
        result: { accounts: 1, tiers: [1, 0, 0, 0, 0], worstShortfall: 0n },
        funds: { ...FUNDS, coveragePpm: null },
        reserves: [],
      });
    });
  });

  it("shows what was deposited beyond what accounts hold, and not what was only sent", async () => {
    await undone(stage, async () => {
      const { venue, solvency } = stage;
      const token = tokens.get(2);
      if (token === undefined) throw new Error("BTC has a token");
      await call(venue, token, "Token", "mint", [venue.account.address, 7n * UNITS]);
      await deposit(venue, solvency, { instrumentId: 2, lots: 7n });
      await call(venue, token, "Token", "mint", [solvency.vault, 9n * UNITS]);
      await post();
      const [, btc] = (await both())?.reserves ?? [];
      expect(btc).toEqual({ instrumentId: 2, proven: 20_000n, held: 20_007n });
    });
  });

  it("moves to a newer snapshot, and the older run can still be read", async () => {
    await undone(stage, async () => {
      await post();
      const first = await both();
      await setTime(stage, later.time);
      await publish(stage, later);
      await post(crowd);
      const latest = await both();
      expect(latest).toMatchObject({ runId: crowd.run.runId, batches: 8, status: "current" });
      expect(latest?.result.accounts).toBe(16);
      expect(latest?.result).toEqual(await modelOf("crowd", later));
      expect(await both(files.run.runId)).toEqual(first);
    });
  });

  it("expires with its snapshot", async () => {
    await undone(stage, async () => {
      await post();
      await setTime(stage, snapshot.time + 3600n);
      expect((await both())?.status).toBe("current");
      await setTime(stage, snapshot.time + 3601n);
      const found = await both();
      expect(found?.status).toBe("expired");
      expect(found?.result).toEqual(report.result);
    });
  });

  it("is void once a circuit is retired, expired or not", async () => {
    for (const { circuitId } of [stage.keys.batch, stage.keys.report])
      await undone(stage, async () => {
        await post();
        const { client, deployment } = stage;
        const abi = verifierRegistryAbi;
        const data = encodeFunctionData({ abi, functionName: "retire", args: [circuitId] });
        await transact(client, { to: deployment.verifierRegistry, data, doing: "retiring" });
        expect((await both())?.status).toBe("void");
        await setTime(stage, snapshot.time + 3601n);
        expect((await both())?.status).toBe("void");
      });
  });

  it("can't be read where there is no registry", async () => {
    const nowhere = { registry: "0x00000000000000000000000000000000000000aa" } as const;
    for (const reader of [
      viemSolvencyReader(stage.client.public, nowhere),
      ethersSolvencyReader(provider, nowhere),
    ]) {
      await expect(reader.readAttestation()).rejects.toMatchObject({ code: "CHAIN_ERROR" });
      await expect(reader.readRun(files.run.runId)).rejects.toMatchObject({ code: "CHAIN_ERROR" });
    }
  });
});

describe("gas", () => {
  it("is this, whatever the instance", async () => {
    await setTime(stage, later.time);
    await publish(stage, later);
    const submitted = new Map<number, bigint>();
    const { client, solvency } = stage;
    const opened = await open(crowd);
    console.log(`open: ${opened.gasUsed} gas`);
    for (const size of [1, 4, 8])
      await undone(stage, async () => {
        const batches = batchesOf(crowd).slice(0, size);
        const [receipt] = await submitBatches(client, solvency, crowd.run.runId, 0, batches);
        submitted.set(size, receipt?.gasUsed ?? 0n);
      });
    for (const [size, gas] of submitted)
      console.log(`submit ${size}: ${gas} gas, ${gas / BigInt(size)} each`);
    const { steps } = await post(crowd);
    const closed = steps.at(-1)?.gas ?? 0n;
    console.log(`close with ${report.reserves.length} reserves: ${closed} gas`);
    const [one = 0n, four = 0n, eight = 0n] = submitted.values();
    // The small tree has no more batches; what each adds is the same however many there are.
    const each = (eight - four) / 4n;
    console.log(
      `each further batch: ${each} gas; so 16 are about ${eight + 8n * each}, 64 ${eight + 56n * each}`,
    );
    expect(eight).toBeLessThan(8n * one);
    expect(opened.gasUsed).toBeLessThan(400_000n);
    expect(closed).toBeLessThan(1_000_000n);
  });
});
