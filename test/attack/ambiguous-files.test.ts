import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { loadDeployment } from "../../src/chain/deploy/deployment-file.ts";
import { loadParameters } from "../../src/chain/liquidation/parameters-file.ts";
import { loadLiquidity } from "../../src/chain/oracle/liquidity-file.ts";
import { loadOracleParameters } from "../../src/chain/oracle/parameters-file.ts";
import { lotsOf } from "../../src/cli/lots.ts";
import { privateKey } from "../../src/cli/options.ts";
import { loadAccount } from "../../src/liquidation/account-file.ts";
import { loadBid } from "../../src/liquidation/bid-file.ts";
import { loadDisclosureKey } from "../../src/liquidation/disclosure-key-file.ts";
import { loadChain } from "../../src/market/chain-file.ts";
import { exportBallastChain } from "../../src/market/importers/ballast.ts";
import { loadRegistry } from "../../src/market/registry-file.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { loadInclusion } from "../../src/portfolio/inclusion-file.ts";
import { loadOpening } from "../../src/portfolio/opening-file.ts";
import { loadPortfolio } from "../../src/portfolio/portfolio-file.ts";
import { readPortfolios } from "../../src/portfolio/stream-file.ts";
import { instance } from "../../src/prover/circuits.ts";
import { loadProofFile } from "../../src/prover/proof-file.ts";
import { loadVerifyingKey } from "../../src/prover/verifying-key-file.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { loadPolicy } from "../../src/risk/policy-file.ts";
import { buildSnapshot, encodeSnapshot } from "../../src/risk/snapshot.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { readAccounts } from "../../src/tree/accounts-file.ts";
import { cli } from "../cli/harness.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-ambiguous-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const snapshot = buildSnapshot(sampleChain(), presetPolicy("les"), { rows: 16 });
const snapshotFile = write("snapshot.json", encodeSnapshot(snapshot));
async function drained(items: AsyncIterable<unknown>): Promise<unknown> {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}
async function failure(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    return String(error);
  }
  return "no failure";
}

/** Every kind of file with JSON that is read from outside. */
const KINDS: readonly (readonly [kind: string, load: (path: string) => unknown])[] = [
  ["portfolio", (path) => loadPortfolio(path, snapshot)],
  ["account", (path) => loadAccount(path, snapshot)],
  ["accounts, a line each", (path) => drained(readAccounts(path))],
  ["portfolios, a line each", (path) => drained(readPortfolios(path, snapshot))],
  ["market", (path) => loadChain(path)],
  ["packed market", (path) => loadChain(path)],
  ["snapshot", (path) => loadSnapshot(path)],
  ["policy", (path) => loadPolicy(path)],
  ["registry", (path) => loadRegistry(path)],
  ["opening", (path) => loadOpening(path)],
  ["inclusion", (path) => loadInclusion(path)],
  ["proof", (path) => loadProofFile(path)],
  ["deployment", (path) => loadDeployment(path)],
  ["bid", (path) => loadBid(path)],
  ["disclosure key", (path) => loadDisclosureKey(path)],
  ["liquidity", (path) => loadLiquidity(path)],
  ["oracle parameters", (path) => loadOracleParameters(path, 3)],
  ["verification key", (path) => loadVerifyingKey(path, instance("transfer_64"))],
  ["lots", (path) => lotsOf({ lotsFile: path })],
  ["liquidation parameters", (path) => loadParameters(path, 1n, 1n)],
];

describe.each(KINDS)("a file of the kind %s", (kind, load) => {
  const file = (content: string | Uint8Array) =>
    write("any", kind.startsWith("packed") ? gzipSync(content) : content);
  const twice = '{"a":{"b":[0,{"key":"private","key":"values"}]}}';

  it("is refused where a key stands twice, with key and place and without its values", async () => {
    for (const bytes of [twice, `\ufeff${twice}`]) {
      const message = await failure(() => load(file(bytes)));
      expect(message).toMatch(/has the key "key" twice in a\.b\[1\], line 1, column \d+/);
      expect(message).not.toMatch(/private|values/);
    }
  });

  it("is refused by name in UTF-16, and where it is no UTF-8", async () => {
    expect(await failure(() => load(file(Buffer.from(`\ufeff${twice}`, "utf16le"))))).toContain(
      "is UTF-16, not UTF-8",
    );
    expect(await failure(() => load(file(Buffer.from(twice, "utf16le"))))).toContain("is UTF-16, not UTF-8");
    expect(await failure(() => load(file(Buffer.from('{"name":"Zoë"}', "latin1"))))).toContain(
      "is not text in UTF-8",
    );
  });

  it("is named by whatever is said of its content", async () => {
    for (const content of ['{"format":"other"}', "{", "[]", "7", twice])
      expect(await failure(() => load(file(content))), content).toContain(join(folder, "any"));
  });

  it("is read with a byte-order mark as without it", async () => {
    const plain = await failure(() => load(file('{"format":"other"}')));
    expect(plain).not.toBe("no failure");
    expect(await failure(() => load(file('\ufeff{"format":"other"}')))).toBe(plain);
  });
});

describe("a file that is no JSON", () => {
  const header = "timestamp,exchange,instrument_name,mark_price\n";
  it.each<readonly [kind: string, content: string, load: (path: string) => unknown]>([
    ["private key", "0x12", (path) => privateKey(path)],
    ["empty private key", "", (path) => privateKey(path)],
    ["market", "a,b\n1,2\n", (path) => loadChain(path)],
    ["market with a bad line", `${header}"x`, (path) => loadChain(path)],
    ["market without a price", `${header}1,deribit,BTC-PERPETUAL,x\n`, (path) => loadChain(path)],
  ])("is named by whatever is said of it: %s", async (_, content, load) => {
    const path = write("other", content);
    expect(await failure(() => load(path))).toContain(path);
  });
});

describe("a byte-order mark", () => {
  const portfolio = '{"account":"desk-7","positions":[{"instrument":"USDC","quantity":"250000"}]}';

  it("is passed over in a portfolio, a market, a snapshot and JSON Lines", async () => {
    expect(loadPortfolio(write("p.json", `\ufeff${portfolio}`), snapshot)).toEqual(
      loadPortfolio(write("q.json", portfolio), snapshot),
    );
    expect(loadChain(write("c.json", `\ufeff${exportBallastChain(sampleChain())}`))).toEqual(sampleChain());
    expect(loadSnapshot(write("s.json", `\ufeff${encodeSnapshot(snapshot)}`))).toEqual(snapshot);
    const lines = `${portfolio}\n${portfolio.replace("desk-7", "desk-8")}\n`;
    const positions = async (path: string) =>
      ((await drained(readPortfolios(path, snapshot))) as { portfolio: unknown }[]).map(
        (one) => one.portfolio,
      );
    const marked = await positions(write("marked.jsonl", `\ufeff${lines}`));
    expect(marked).toHaveLength(2);
    expect(marked).toEqual(await positions(write("plain.jsonl", lines)));
    mkdirSync(join(folder, "venue"));
    write(join("venue", "one.json"), `\ufeff${portfolio}`);
    expect(await positions(join(folder, "venue"))).toHaveLength(1);
  });
});

describe("the command line", () => {
  it("names the key and where it stands twice, in a portfolio, a market and a proof", async () => {
    const portfolio = write(
      "twice.json",
      '{"account":"desk-7","positions":[{"instrument":"USDC","quantity":"250000","quantity":"-250000"}]}',
    );
    const chain = exportBallastChain(sampleChain()).replace(
      '"indexPrice":"84000"',
      '"indexPrice":"84000","indexPrice":"42001"',
    );
    const market = write("market.json", chain);
    const proof = write("proof.json", '{"format":"ballast.proof/1",\n"signals":["1"],\n"signals":["2"]}');
    for (const [argv, says] of [
      [["margin", "-s", snapshotFile, "-p", portfolio], 'the key "quantity" twice in positions[0], line 1'],
      [
        ["snapshot", "build", "-o", join(folder, "no.json"), "--chain", market],
        'the key "indexPrice" twice in underlyings[0]',
      ],
      [["verify", proof, "-s", snapshotFile], 'the key "signals" twice, line 3, column 1'],
    ] as const) {
      const { code, err } = await cli(...argv);
      expect(code).toBe(2);
      expect(err.replace(/\s+/g, " ")).toContain(says);
    }
  });
});
