import { copyFileSync } from "node:fs";
import { JsonRpcProvider } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectReader } from "../../src/chain/client.ts";
import { viemReader } from "../../src/chain/coverage/read.ts";
import { loadDeployment } from "../../src/chain/deploy/deployment-file.ts";
import { ethersReader } from "../../src/chain/ethers/coverage.ts";
import { exportBallastChain } from "../../src/market/importers/ballast.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { shiftChain } from "../../src/market/shift.ts";
import { WAD, wad } from "../../src/math/wad.ts";
import { loadPortfolio } from "../../src/portfolio/portfolio-file.ts";
import { loadProofFile } from "../../src/prover/proof-file.ts";
import { marginReport } from "../../src/risk/report.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { cli, cliJson, cliProcess, contentsOf, portfolio, temporaryFolder } from "../cli/harness.ts";
import {
  attestArgs,
  DEADLINE,
  proveArgs,
  publishArgs,
  START,
  type Stage,
  signByTwo,
  snapshotArgs,
  startStage,
} from "./stage.ts";

/** A crash, a day later. */
const CRASH = { spot: wad((-15n * WAD) / 100n), vol: wad((6n * WAD) / 10n) };
const DAY = 86_400n;

const ACCOUNTS = {
  harbour: portfolio("harbour", { USDC: "250000", BTC: "1.5", "BTC-27FEB26-90000-C": "-1" }),
  reef: portfolio("reef", {
    USDC: "240000",
    "BTC-13FEB26-81000-P": "-12",
    "BTC-13FEB26-87000-C": "-12",
    "ETH-PERPETUAL": "20000",
  }),
};
const HELD = [
  ...new Set(Object.values(ACCOUNTS).flatMap(({ positions }) => positions.map((entry) => entry.instrument))),
];
type Name = keyof typeof ACCOUNTS;
const NAMES = Object.keys(ACCOUNTS) as Name[];

interface Attested {
  readonly transactions: readonly { readonly proofs: number }[];
  readonly attestations: readonly { readonly tier: number | null }[];
}

describe("coverage, from a market to an attestation and through a crash", { timeout: 300_000 }, () => {
  let stage: Stage;
  const path = (name: Name, moment: string) => stage.folder.file(`${name}.${moment}.proof.json`);
  const portfolioOf = (name: Name) => stage.folder.file(`${name}.json`);
  const tierOf = (snapshot: string, name: Name) => {
    const loaded = loadSnapshot(snapshot);
    return marginReport(loaded, loadPortfolio(portfolioOf(name), loaded).positions).tier;
  };
  const prove = (name: Name, snapshot: string, moment: string, deadline = DEADLINE) =>
    cliJson<{ signals: { tier: number } }>(
      ...proveArgs(stage, snapshot, portfolioOf(name), path(name, moment), deadline),
      ...["--opening", stage.folder.file(`${name}.opening.json`)],
    );
  /** What both adapters say; they must agree. */
  const readBoth = async (name: Name, moment: string) => {
    const deployment = loadDeployment(stage.deployment);
    const { accountId, commitment } = loadProofFile(path(name, moment)).signals;
    const { public: client } = await connectReader(stage.anvil.rpcUrl);
    const provider = new JsonRpcProvider(stage.anvil.rpcUrl);
    try {
      const [viem, ethers] = [viemReader(client, deployment), ethersReader(provider, deployment)];
      const attestation = await viem.readAttestation(accountId, commitment);
      expect(await ethers.readAttestation(accountId, commitment)).toEqual(attestation);
      const events = await viem.readAttested(0n);
      expect(await ethers.readAttested(0n)).toEqual(events);
      return { attestation, events };
    } finally {
      provider.destroy();
    }
  };

  beforeAll(async () => {
    stage = await startStage(HELD);
    for (const name of NAMES) stage.folder.writeJson(`${name}.json`, ACCOUNTS[name]);
  });
  afterAll(() => stage.stop());

  it("publishes with the signatures of two of three oracles", async () => {
    const signatures = await signByTwo(stage, stage.snapshot);
    const published = await cliJson(...publishArgs(stage, stage.snapshot, signatures));
    expect(published["snapshotId"]).toBe(stage.folder.readJson("first.snapshot.json")["snapshotId"]);
    expect(published["signers"]).toHaveLength(2);
  });

  it("proves the tiers of the reference model", async () => {
    for (const name of NAMES) {
      const { signals } = await prove(name, stage.snapshot, "first");
      expect(signals.tier).toBe(tierOf(stage.snapshot, name));
      expect(signals.tier).toBe(0);
    }
  });

  it("verifies off chain where there is no key, no cache and no portfolio", () => {
    const alone = temporaryFolder();
    const { keys } = JSON.parse(cliProcess(["setup", "--dev", "16x120", "--json"]).stdout) as {
      keys: readonly { readonly verificationKey: string }[];
    };
    copyFileSync(keys[0]?.verificationKey ?? "", alone.file("verification_key.json"));
    copyFileSync(stage.snapshot, alone.file("snapshot.json"));
    copyFileSync(path("harbour", "first"), alone.file("proof.json"));
    const before = contentsOf(alone.path);
    const { BALLAST_HOME: _, ...env } = process.env;
    const argv = ["verify", "proof.json", "-s", "snapshot.json", "-k", "verification_key.json"];
    const done = cliProcess(argv, { cwd: alone.path, env });
    expect(done.stdout).toContain("valid: the account is in tier 0 healthy");
    expect(done.status).toBe(0);
    expect(contentsOf(alone.path)).toEqual(before);

    const proof = alone.readJson<{ signals: { tier: number } }>("proof.json");
    alone.writeJson("proof.json", { ...proof, signals: { ...proof.signals, tier: 1 } });
    const forged = cliProcess([...argv, "--json"], { cwd: alone.path, env });
    expect(forged.status).toBe(1);
    expect(JSON.parse(forged.stdout)).toMatchObject({ valid: false, tier: 1 });
    alone.remove();
  });

  it("verifies on chain, before anything is attested", async () => {
    const found = await cliJson("verify", path("reef", "first"), "-s", stage.snapshot, ...stage.chain);
    expect(found).toMatchObject({ valid: true, attestation: null, deadlinePassed: false });
    expect(found["checks"]).toHaveLength(6);
  });

  it("attests a single proof, which both adapters read back", async () => {
    const { transactions, attestations } = await cliJson<Attested>(
      ...attestArgs(stage, path("harbour", "first")),
    );
    expect(transactions).toMatchObject([{ proofs: 1 }]);
    expect(attestations).toMatchObject([{ tier: 0 }]);
    const { attestation, events } = await readBoth("harbour", "first");
    const { snapshotId, circuitId } = loadProofFile(path("harbour", "first"));
    expect(attestation).toMatchObject({
      tier: 0,
      isCurrent: true,
      snapshotId,
      circuitId,
      snapshotTime: START,
    });
    expect(events).toHaveLength(1);
    const human = await cli("verify", path("harbour", "first"), ...stage.chain);
    expect(human.out).toContain("the registry has tier 0 for this commitment, by this snapshot, current");
  });

  it("sends what does not stand yet, and leaves an attestation that stands already as it is", async () => {
    const { transactions, attestations } = await cliJson<Attested>(
      ...attestArgs(stage, path("reef", "first"), path("harbour", "first")),
    );
    expect(transactions).toMatchObject([{ proofs: 1 }]);
    expect(attestations).toMatchObject([{ tier: 0 }, { tier: 0 }]);
    const { attestation, events } = await readBoth("reef", "first");
    expect(attestation).toMatchObject({ tier: 0, isCurrent: true });
    expect(events).toHaveLength(2);
  });

  it("moves the tiers after a crash as the reference model says", async () => {
    const market = stage.folder.write(
      "second.chain.json",
      exportBallastChain(shiftChain(sampleChain(), CRASH, DAY * 1000n)),
    );
    const second = stage.folder.file("second.snapshot.json");
    await cliJson(...snapshotArgs(HELD), "--chain", market, "-o", second);
    const { public: client } = await connectReader(stage.anvil.rpcUrl);
    const time = `0x${(START + DAY + 1n).toString(16)}`;
    await client.request({ method: "evm_setNextBlockTimestamp", params: [time] } as never);
    await client.request({ method: "evm_mine" } as never);
    expect((await readBoth("harbour", "first")).attestation).toMatchObject({ isCurrent: false });

    await cliJson(...publishArgs(stage, second, await signByTwo(stage, second)));
    for (const name of NAMES) {
      const { signals } = await prove(name, second, "second", String(START + DAY + 3000n));
      expect(signals.tier).toBe(tierOf(second, name));
    }
    const { attestations } = await cliJson<Attested>(
      ...attestArgs(stage, ...NAMES.map((name) => path(name, "second"))),
    );
    expect(attestations.map(({ tier }) => tier)).toEqual(NAMES.map((name) => tierOf(second, name)));
    const [harbour, reef] = [await readBoth("harbour", "second"), await readBoth("reef", "second")];
    expect(harbour.attestation).toMatchObject({ tier: 0, isCurrent: true, snapshotTime: START + DAY });
    expect(reef.attestation?.tier).toBeGreaterThanOrEqual(2);
    expect(reef.events).toHaveLength(4);
  });

  it("keeps a commitment from snapshot to snapshot by its opening", () => {
    for (const name of NAMES) {
      const [first, second] = [loadProofFile(path(name, "first")), loadProofFile(path(name, "second"))];
      expect(second.signals.commitment).toBe(first.signals.commitment);
    }
  });
});
