import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountOf, connect } from "../../src/chain/client.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { formatDecimal } from "../../src/math/decimal.ts";
import { readPortfolios } from "../../src/portfolio/stream-file.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { accountStress, type SolvencyResult, SolvencySums } from "../../src/risk/solvency.ts";
import { call, deployMock } from "../chain/mocks.ts";
import { cli, cliJson, expectRefusal, type Folder, portfolio, temporaryFolder } from "../cli/harness.ts";
import { MAIN } from "../helpers/built.ts";
import { CRASH, chainFile, useMadeUpMarket } from "../helpers/made-up-market.ts";

const CHAIN = join(useMadeUpMarket([CRASH]), chainFile(CRASH));
const [BATCH, REPORT] = ["8x16x120", "report_s35k2"];
/** Twenty fill three batches; `BALLAST_TEST_ACCOUNTS=200 npm run test:deep -- test/integration` takes some minutes. */
const ACCOUNTS = Number(process.env["BALLAST_TEST_ACCOUNTS"] ?? 20);
const FUNDS = [3_000_000_000n, 1_000_000_000n] as const;

let folder: Folder;
let anvil: Anvil;
let snapshot: Snapshot;
const keys = anvilKeys(5);
const at = (name: string): string => folder.file(name);
const key = (i: number): string => folder.write(`key-${i}.txt`, `${keys[i]}\n`);
const venue = accountOf(keys[4] ?? "0x").address;
const chain = (): string[] => ["--rpc", anvil.rpcUrl, "--deployment", at("deployment.json")];
const run = (): string[] => [
  ...["solvency", "run", "-p", at("venue.jsonl"), "-s", at("s.json"), "-o", at("run"), "--instance", BATCH],
  ...["--reserves", at("reserves.json"), "--deployment", at("deployment.json"), "--valid-for", "3000"],
];

beforeAll(async () => {
  folder = temporaryFolder();
  await cliJson("snapshot", "build", "--chain", CHAIN, "--rows", "120", "-o", at("s.json"));
  snapshot = loadSnapshot(at("s.json"));
  anvil = await startAnvil({ timestamp: snapshot.time + 1n });
  await cliJson("setup", "--dev", BATCH, REPORT);
  const accounts = ["--accounts", String(ACCOUNTS), "--seed", "7"];
  await cliJson(
    ...["solvency", "sample", "-s", at("s.json"), "-o", at("venue.jsonl"), "--reserves", at("reserves.json")],
    ...accounts,
  );
  const client = await connect(anvil.rpcUrl, keys[0] ?? "0x");
  const clearingHouse = await deployMock(client, "MockClearingHouse");
  await call(client, clearingHouse, "MockClearingHouse", "set", [...FUNDS]);
  const oracles = keys.slice(1, 4).map((oracle) => accountOf(oracle).address);
  await cliJson(
    ...["deploy", BATCH, REPORT, "--rpc", anvil.rpcUrl, "--oracle", ...oracles, "-o", at("deployment.json")],
    ...["--venue", venue, "--clearing-house", clearingHouse, "--private-key-file", key(0)],
  );
  await publish();
}, 900_000);

afterAll(async () => {
  await anvil?.stop();
  folder?.remove();
});

async function publish(): Promise<void> {
  const signatures: string[] = [];
  for (const oracle of [1, 2]) {
    signatures.push(at(`signature-${oracle}.json`));
    await cliJson(
      ...["sign", "-s", at("s.json"), "--deployment", at("deployment.json"), "--instance", BATCH],
      ...["--private-key-file", key(oracle), "-o", at(`signature-${oracle}.json`)],
    );
  }
  await cliJson(
    ...["publish", "-s", at("s.json"), "--instance", BATCH, ...chain()],
    ...["--signatures", ...signatures, "--private-key-file", key(0)],
  );
}

/** Mints tokens for the reserves, gives them to the vault's venue and deposits them, all but `missing` lots of BTC. */
async function fillVault(missing: bigint): Promise<void> {
  const client = await connect(anvil.rpcUrl, keys[4] ?? "0x");
  for (const [asset, amount] of Object.entries(folder.readJson<Record<string, string>>("reserves.json"))) {
    const row = snapshot.rows.find(({ instrument }) => instrument.name === asset);
    if (row === undefined) throw new Error(`${asset} is not in the snapshot.`);
    const { lotSize } = row.instrument; // in the token's units as well: it has 18 decimals
    const token = await deployMock(client, "Token");
    const lots = lotsOf(amount, lotSize) - (asset === "BTC" ? missing : 0n);
    await call(client, token, "Token", "mint", [client.account.address, lots * lotSize]);
    const by = ["--private-key-file", key(4), ...chain()];
    await cliJson("vault", "add", asset, "--token", token, "-s", at("s.json"), ...by);
    await cliJson("vault", "deposit", asset, "-s", at("s.json"), "--lots", String(lots), ...by);
  }
}

function lotsOf(amount: string, lotSize: bigint): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(18, "0")) / lotSize;
}

async function reference(): Promise<SolvencyResult> {
  const sums = new SolvencySums(snapshot.shape);
  for await (const { portfolio } of readPortfolios(at("venue.jsonl"), snapshot)) {
    const summed = portfolioSums(snapshot.rows, portfolio.positions, snapshot.shape);
    sums.add(accountStress(summed, snapshot.policyElements, snapshot.shape));
  }
  return sums.result();
}

/** Runs the command line as a process of its own and kills it once the first proof is on disk. */
async function killedRun(): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...run()], {
    stdio: "ignore",
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_, signal) => resolve(signal));
  });
  while (!existsSync(firstProof()) && child.exitCode === null) await sleep(50);
  child.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
}

const firstProof = (): string => join(at("run"), "public", "proofs", "00000000.json");

describe("a solvency run over an imported chain", () => {
  it("survives SIGKILL, and opens what the reference model says", async () => {
    await killedRun();
    const kept = readFileSync(firstProof());
    const { report } = await cliJson<{ report: { result: Record<string, unknown> } }>(...run());
    expect(readFileSync(firstProof())).toEqual(kept);
    const model = await reference();
    expect(model.tiers.every((count) => count > 0)).toBe(true);
    expect(report.result).toEqual(
      JSON.parse(JSON.stringify(model, (_, v) => (typeof v === "bigint" ? String(v) : v))),
    );
    const verified = await cliJson<{ valid: boolean }>("solvency", "verify", at("run"), "-s", at("s.json"));
    expect(verified.valid).toBe(true);
  });

  it("names the instance that takes an account with too many positions", async () => {
    const positions = snapshot.rows
      .slice(0, 20)
      .map(({ instrument: { name, lotSize } }) => [name, formatDecimal(lotSize, 18)]);
    const many = folder.write(
      "many.jsonl",
      `${JSON.stringify(portfolio("desk", Object.fromEntries(positions)))}\n`,
    );
    const argv = ["solvency", "run", "-p", many, "-s", at("s.json"), "-o", at("many"), "--instance", BATCH];
    const says = /Line 1 of .*20 positions; 8x16x120 has 16 slots[\s\S]*8x32x120 \(--instance\)/;
    await expectRefusal(folder.path, argv, { exit: 2, code: "PORTFOLIO_TOO_LARGE", says });
  });

  it("doesn't close while the vault is short, names the asset and the amount, and closes when it isn't", async () => {
    await fillVault(5n);
    const post = [
      "solvency",
      "post",
      at("run"),
      ...chain(),
      "-s",
      at("s.json"),
      "--private-key-file",
      key(0),
    ];
    const by = ["--venue-key-file", key(4)];
    const short = await cli(...post, ...by);
    expect([short.code, short.out]).toEqual([2, ""]);
    expect(short.err).toMatch(/RESERVES_SHORT/);
    expect(short.err).toMatch(/0\.0005 BTC/);
    const client = await connect(anvil.rpcUrl, keys[4] ?? "0x");
    const shown = await cliJson<{ assets: { instrumentId: number; token: `0x${string}` }[] }>(
      "vault",
      "show",
      ...chain(),
    );
    const btc = shown.assets.find(({ instrumentId }) => instrumentId === 2);
    await call(client, btc?.token ?? "0x", "Token", "mint", [client.account.address, 5n * 10n ** 14n]);
    await cliJson(
      ...["vault", "deposit", "BTC", "-s", at("s.json"), "--lots", "5"],
      ...["--private-key-file", key(4), ...chain()],
    );
    await cliJson(...post, ...by);
  });

  it("shows a regulator the page, from the chain alone", async () => {
    const { code, out } = await cli("solvency", "show", ...chain(), "-s", at("s.json"));
    expect(code).toBe(0);
    const model = await reference();
    expect(out).toContain(`Accounts: ${ACCOUNTS}`);
    for (const field of ["4.1", "4.3", "4.4.1", "4.4.3", "4.4.7", "6.1"])
      expect(out).toContain(`  ${field} `);
    const json = await cliJson<{
      attestation: {
        result: Record<string, unknown>;
        funds: { coveragePpm: string };
        reserves: { instrumentId: number; proven: string; held: string }[];
      };
    }>("solvency", "show", ...chain());
    const { attestation } = json;
    expect(attestation.result["worstShortfall"]).toBe(String(model.worstShortfall));
    const funds = FUNDS[0] + FUNDS[1];
    expect(attestation.funds.coveragePpm).toBe(String((funds * 1_000_000n) / model.worstShortfall));
    const reserves = Object.keys(folder.readJson("reserves.json"));
    expect(attestation.reserves).toHaveLength(reserves.length);
    for (const { proven, held } of attestation.reserves) expect(held).toBe(proven);
  });
});
