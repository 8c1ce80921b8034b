import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../../scripts/page/build.ts";
import { postRun } from "../../src/chain/solvency/post.ts";
import { type PageFile, POLICY, pageFiles, pageHash } from "../../src/node/page.ts";
import { type PageServer, servePage } from "../../src/node/page-server.ts";
import { encodeSnapshot } from "../../src/risk/snapshot.ts";
import { PublicRunFolder, RunFolder } from "../../src/solvency/node/folder.ts";
import { proveRun } from "../../src/solvency/node/prove.ts";
import { call } from "../chain/mocks.ts";
import { fill, type SolvencyStage, START, startSolvency } from "../chain/solvency/stage.ts";
import { NodeProxy } from "../helpers/node-proxy.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { testFolder } from "../solvency/folder.ts";
import { BATCH, begin, proveOptions, REPORT, snapshot } from "../solvency/small.ts";
import { builtPage } from "./built-page.ts";
import { axeFindings, lookAt, openTab, startBrowser, type Tab, type TabOptions, textOf } from "./page.ts";

useSimulatedProofs([BATCH, REPORT]);

/** Kilobytes that are loaded before anything is asked, compressed. */
const MOST_KB = 40;
/** All of the page. */
const MOST_KB_IN_ALL = 220;

const folder = testFolder();
/** More than the worst scenario takes. Micro-USD. */
const INSURANCE_FUND = 40_000_000_000n;
const NOW = START + 120n;
let stage: SolvencyStage;
let browser: Browser;
let server: PageServer;
let proxy: NodeProxy;
let files: readonly PageFile[];
let deployment: string;

beforeAll(async () => {
  files = pageFiles(await builtPage());
  [stage, browser, server] = await Promise.all([startSolvency(), startBrowser(), servePage(files, 0)]);
  proxy = await NodeProxy.before(stage.anvil.rpcUrl);
  deployment = JSON.stringify(stage.deployment);
});
afterAll(async () => {
  proxy.close();
  await browser.close();
  await server.close();
  await stage.stop();
});
afterEach(async () => {
  proxy.behave();
  for (const context of browser.contexts()) await context.close();
});

const tab = (options: Partial<TabOptions> = {}): Promise<Tab> =>
  openTab(browser, server.url, { now: NOW, ...options });

describe("the page of a venue", () => {
  it("says that there is no attestation", async () => {
    const open = await tab();
    await lookAt(open, { rpc: stage.anvil.rpcUrl, files: { deployment } });
    expect(await textOf(open, ".verdict")).toMatch(/No attestation[\s\S]*never closed a run/);
  });

  describe("with an attestation", () => {
    beforeAll(async () => {
      const { keys, deployment, solvency } = stage;
      const target = { chainId: BigInt(deployment.chainId), registry: solvency.registry };
      const path = join(folder, "run");
      await begin(path, keys, undefined, { target, venue: solvency.venue });
      const { reserves } = await proveRun(new RunFolder(path), proveOptions(keys));
      await fill(stage, reserves);
      const { client, clearingHouse } = stage;
      await call(client, clearingHouse, "MockClearingHouse", "set", [INSURANCE_FUND, 500_000_001n]);
      await postRun(stage.client, deployment, new PublicRunFolder(path), { account: stage.venue.account });
    });

    it.each([
      [1_600, "light"],
      [1_600, "dark"],
      [360, "light"],
      [360, "dark"],
    ] as const)("shows that it is covered at %i px, %s", async (width, theme) => {
      const open = await tab({ width, theme });
      expect(await axeFindings(open)).toEqual([]);
      await lookAt(open, { rpc: stage.anvil.rpcUrl, second: proxy.url, files: { deployment } });
      expect(await textOf(open, ".trouble")).toBe("");
      expect(await textOf(open, ".verdict.covered")).toMatch(/^Covered[\s\S]*two nodes that agree/);
      expect(await textOf(open, ".facts")).toMatch(/Accounts\s+5/);
      expect(await textOf(open, ".warnings")).toMatch(/Development keys/);
      expect(await axeFindings(open)).toEqual([]);
      expect(open.complaints).toEqual([]);
      const scrollWidth = await open.page.evaluate(() => document.documentElement.scrollWidth);
      expect(scrollWidth).toBeLessThanOrEqual(width);
      await open.page.screenshot({ path: `build/test/page/venue-${width}-${theme}.png`, fullPage: true });
    });

    it("names what the attestation doesn't: lots of the vault that are not the snapshot's", async () => {
      const open = await tab();
      const given = { deployment, snapshot: encodeSnapshot(snapshot) };
      await lookAt(open, { rpc: stage.anvil.rpcUrl, files: given });
      expect(await textOf(open, ".verdict")).toMatch(/^Not covered: reserves are counted in other lots/);
      expect(await textOf(open, ".warnings")).toMatch(/USDC: the vault counts 1000 units a lot/);
      expect(await textOf(open, ".scrolls")).toContain("USDC");
    });

    it("asks the nodes that were named, and nobody else", async () => {
      const open = await tab();
      await lookAt(open, { rpc: stage.anvil.rpcUrl, second: proxy.url, files: { deployment } });
      const origins = new Set(
        open.asked.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).origin),
      );
      const named = [server.url, stage.anvil.rpcUrl, proxy.url].map((url) => new URL(url).origin);
      expect([...origins].sort()).toEqual(named.sort());
    });

    it("is reached by keyboard alone, and says what it can't read", async () => {
      const open = await tab();
      await lookAt(open, { rpc: stage.anvil.rpcUrl, files: { deployment: "{" } });
      expect(await textOf(open, ".trouble")).toMatch(/deployment file/);
      await open.page.locator("input[name=deployment]").setInputFiles({
        name: "deployment.json",
        mimeType: "application/json",
        buffer: Buffer.from(deployment),
      });
      await open.page.locator("input[name=deployment]").focus();
      await open.page.keyboard.press("Tab");
      await open.page.keyboard.press("ControlOrMeta+A");
      await open.page.keyboard.type(stage.anvil.rpcUrl);
      await open.page.keyboard.press("Enter");
      await open.page.locator(".verdict").waitFor();
      expect(await textOf(open, ".verdict")).toMatch(/Covered[\s\S]*By one node's word/);
    });

    it("names an attestation that has expired, by the reader's clock too", async () => {
      const open = await tab({ now: NOW + 864_000n });
      await lookAt(open, { rpc: stage.anvil.rpcUrl, files: { deployment } });
      expect(await textOf(open, ".verdict")).toMatch(/^Expired: nothing is known of now/);
      expect(await textOf(open, ".warnings")).toMatch(
        /newest block is of .* it is behind, or shows an old chain/,
      );
    });

    it("names a node that invents funds and reserves", async () => {
      // The insurance fund and what the vault held stand in answers as words of 32 bytes.
      const real = INSURANCE_FUND.toString(16).padStart(64, "0");
      const invented = 9_000_000_000n.toString(16).padStart(64, "0");
      let lies = 0;
      proxy.fate = (_, answer) => {
        if (answer.includes(real)) lies++;
        return answer.replaceAll(real, invented);
      };
      const open = await tab();
      await lookAt(open, { rpc: proxy.url, second: stage.anvil.rpcUrl, files: { deployment } });
      expect(lies).toBeGreaterThan(0);
      expect(await textOf(open, ".warnings")).toMatch(/One of the two nodes lies.*differ in the funds\./);
      expect(await textOf(open, ".verdict")).toMatch(/don't agree: believe neither/);
    });

    it("names a node that answers nonsense, one that is away, and one of another chain", async () => {
      const open = await tab();
      proxy.fate = (method, answer) =>
        method === "eth_call" ? answer.replace(/"result":"[^"]*"/, '"result":"0x1234"') : answer;
      await lookAt(open, { rpc: proxy.url, files: { deployment } });
      expect(await textOf(open, ".trouble")).toMatch(/reading the attestation/);
      expect(await textOf(open, ".verdict")).toBe("");
      proxy.behave();
      await lookAt(open, { rpc: "http://127.0.0.1:9", files: { deployment } });
      expect(await textOf(open, ".trouble")).toMatch(/connecting to the node/);
      const other = JSON.stringify({ ...stage.deployment, chainId: 1 });
      await lookAt(open, { rpc: proxy.url, files: { deployment: other } });
      expect(await textOf(open, ".trouble")).toMatch(/of chain 31337; the deployment file is of chain 1/);
    });

    it("shows no figures of a snapshot whose inputs were changed", async () => {
      const open = await tab();
      const tampered = encodeSnapshot(snapshot).replace(/"spot": ?"([0-9.]+)"/, '"spot":"1.5"');
      const changed = tampered === encodeSnapshot(snapshot) ? tampered.replace(/[1-9]/, "8") : tampered;
      expect(changed).not.toBe(encodeSnapshot(snapshot));
      await lookAt(open, { rpc: stage.anvil.rpcUrl, files: { deployment, snapshot: changed } });
      expect(await textOf(open, ".trouble")).toMatch(/snapshot/i);
    });
  });
});

describe("the page's files", () => {
  const compressed = (list: readonly PageFile[]): number =>
    list.reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0) / 1_000;

  it("stay within their budget", () => {
    const html = files.find(({ name }) => name === "index.html");
    const text = Buffer.from(html?.bytes ?? []).toString();
    const first = files.filter(({ name }) => name === "index.html" || text.includes(name));
    expect(first.length).toBe(3);
    expect(compressed(first)).toBeLessThan(MOST_KB);
    expect(compressed(files)).toBeLessThan(MOST_KB_IN_ALL);
  });

  it("have no inline script, and hashes beside what index.html loads", () => {
    const html = Buffer.from(files.find(({ name }) => name === "index.html")?.bytes ?? []).toString();
    const loaded = [...html.matchAll(/<(?:script|link)[^>]*assets[^>]*>/g)].map(([tag]) => tag);
    expect(loaded.length).toBe(2);
    for (const tag of loaded) {
      const [, name = "", hash = ""] = /\.\/(assets\/[^"]+)" integrity="sha384-([^"]+)"/.exec(tag) ?? [];
      const { bytes = new Uint8Array() } = files.find((file) => file.name === name) ?? {};
      expect(hash).toBe(createHash("sha384").update(bytes).digest("base64"));
    }
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son[a-z]+=/);
    expect(html).toContain(`http-equiv="Content-Security-Policy" content="${POLICY}"`);
  });

  it("are the same when they are built again", async () => {
    const again = join(folder, "again");
    await buildPage(again);
    expect(pageHash(pageFiles(again))).toBe(pageHash(files));
  });
});
