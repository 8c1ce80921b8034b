import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/library/doors.ts";
import type * as library from "../../src/index.ts";
import { invert, reduce, toField } from "../../src/math/field.ts";
import { g1, g2 } from "../helpers/key-points.ts";

/**
 * Kilobytes of src/index.ts for a browser, minified. More than this is a decision: see with
 * `npx esbuild src/index.ts --bundle --platform=browser --minify --analyze` what came in, then change the number.
 */
const MOST_KB = 1220;
/** The same of src/client/index.ts, which a page has for itself. */
const MOST_CLIENT_KB = 12;

const folder = mkdtempSync(join(tmpdir(), "ballast-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, "ballast.js");
let inputs: string[] = [];

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/index.ts"],
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    globalName: "ballast",
    metafile: true,
    outfile,
  });
  inputs = Object.keys(metafile.inputs);
});

/** A key whose secrets are known, and with them a proof of anything: a*b = alpha*beta + ic*gamma + c*delta. */
function madeUp() {
  const [alpha, beta, gamma, delta, ic0, ic1, signal, b, c] = [5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n];
  const right = alpha * beta + (ic0 + signal * ic1) * gamma + c * delta;
  const a = reduce(right * invert(toField(b)));
  return {
    signal,
    proof: { a: g1(a), b: g2(b), c: g1(c) },
    key: {
      ...{ alpha1: g1(alpha), beta2: g2(beta), gamma2: g2(gamma), delta2: g2(delta) },
      ic: [g1(ic0), g1(ic1)],
    },
  };
}

describe("the library in a browser", () => {
  it("has none of Node, of files or of the command line in it", () => {
    expect(inputs.filter((path) => /^node:|^src\/(cli|demo|tree|node)\/|-file\.ts$/.test(path))).toEqual([]);
    expect(inputs).toContain("src/solvency/verify.ts");
  });

  it("has acts of every role that it can run, too", async () => {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: ["src/actions/index.ts"],
      bundle: true,
      platform: "browser",
      format: "esm",
      metafile: true,
      write: false,
    });
    const inside = Object.keys(metafile.inputs);
    expect(inside.filter((path) => /^node:|^src\/(cli|demo|tree|node)\/|-file\.ts$/.test(path))).toEqual([]);
    expect(inside).toContain("src/actions/liquidation/award.ts");
  });

  it("has a client of services that stands on nothing of the rest, and is small", async () => {
    const { metafile, outputFiles } = await build({
      ...{ absWorkingDir: ROOT, entryPoints: ["src/client/index.ts"], bundle: true, minify: true },
      ...{ platform: "browser", format: "esm", metafile: true, write: false },
    });
    const others = Object.keys(metafile.inputs).filter((path) => !path.startsWith("src/client/"));
    expect(others.filter((path) => !path.startsWith("node_modules/openapi-fetch/"))).toEqual([
      "src/errors.ts",
      "src/text.ts",
      "src/json.ts",
    ]);
    expect((outputFiles[0]?.contents.length ?? 0) / 1_000).toBeLessThanOrEqual(MOST_CLIENT_KB);
  });

  it("is no larger than it was decided to be", () => {
    const kilobytes = Math.ceil(readFileSync(outfile).length / 1000);
    const what =
      "The bundle grew: see MOST_KB in this file for how to look into it, and raise it on purpose.";
    expect(kilobytes, what).toBeLessThanOrEqual(MOST_KB);
    expect(kilobytes, "The bundle shrank: lower MOST_KB, so that it stays small.").toBeGreaterThan(
      MOST_KB * 0.95,
    );
  });

  it("computes margins, commits, and tells a proof from a wrong one, where nothing of Node is", async () => {
    const { TextEncoder, TextDecoder, URL, crypto, atob, btoa, setTimeout, clearTimeout, performance } =
      globalThis;
    const web = { TextEncoder, TextDecoder, URL, crypto, atob, btoa, setTimeout, clearTimeout, performance };
    const context = createContext({ ...web, console });
    new Script(
      `globalThis.self = globalThis; ${readFileSync(outfile, "utf8")}; globalThis.ballast = ballast;`,
    ).runInContext(context);
    expect(new Script("typeof process + typeof Buffer + typeof require").runInContext(context)).toBe(
      "undefined".repeat(3),
    );
    const page = context["ballast"] as typeof library;
    const snapshot = page.buildSnapshot(page.sampleChain(), page.presetPolicy("les"), { rows: 16 });
    const portfolio = page.parsePortfolio(
      { account: "desk-7", positions: [{ instrument: "USDC", quantity: "250000" }] },
      snapshot,
    );
    const margin = page.marginReport(snapshot, portfolio.positions);
    expect([margin.equity, margin.tier]).toEqual(["250000", 0]);
    const salt = page.randomSalt();
    expect(page.commit(portfolio.accountId, salt, page.slotsOf(portfolio.positions, 4))).toBeGreaterThan(0n);

    const { key, proof, signal } = madeUp();
    expect(await page.verifyProof(key, proof, [signal])).toBe(true);
    expect(await page.verifyProof(key, proof, [signal + 1n])).toBe(false);
  });
});
