import { spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import { formatField } from "../../src/math/field.ts";
import { readPortfolios } from "../../src/portfolio/stream-file.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import { accountStress, SolvencySums } from "../../src/risk/solvency.ts";
import { Book } from "../../src/solvency/node/book.ts";
import { PublicRunFolder, RunFolder } from "../../src/solvency/node/folder.ts";
import { proveRun } from "../../src/solvency/node/prove.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { testFolder } from "./folder.ts";
import {
  BATCH,
  begin,
  completeRun,
  copiedRun,
  type Keys,
  proveOptions,
  REPORT,
  smallKeys,
  smallSnapshot,
  snapshot,
  VENUE,
  venueLines,
} from "./small.ts";

useSimulatedProofs([BATCH, REPORT]);

const folder = testFolder();
const at = (name: string): string => join(folder, name);
let keys: Keys;
let complete: Awaited<ReturnType<typeof completeRun>>;

beforeAll(async () => {
  keys = await smallKeys();
  complete = await copiedRun(at("complete"), keys);
});

/** What the reference model says of the accounts that a run began from. */
async function modelOf(name: string) {
  const sums = new SolvencySums(snapshot.shape);
  for await (const { portfolio } of readPortfolios(at(`${name}.jsonl`), snapshot)) {
    const summed = portfolioSums(snapshot.rows, portfolio.positions, snapshot.shape);
    sums.add(accountStress(summed, snapshot.policyElements, snapshot.shape));
  }
  return sums.result();
}

async function failureOf(work: Promise<unknown>): Promise<BallastError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof BallastError) return error;
  throw new Error("It did not fail as it should.", { cause: error });
}

describe("a complete run", () => {
  it("reports what the reference model says of its accounts", async () => {
    expect(complete.report.result).toEqual(await modelOf("complete"));
    expect(complete.report.result.accounts).toBe(VENUE.length);
    expect(complete.report.result.currentShortfall).toBeGreaterThan(0n);
    expect(complete.report.result.worstShortfall).toBeGreaterThan(complete.report.result.currentShortfall);
  });

  it("has the reserves that accounts hold", () => {
    expect(complete.report.reserves).toEqual([
      { instrumentId: 1, quantity: 125_500n * 100n },
      { instrumentId: 2, quantity: 20_000n },
      { instrumentId: 3, quantity: 10_000n },
    ]);
  });

  it("changes as the model says when one account moves below water", async () => {
    const sunk = VENUE.map(([account, positions]) =>
      account === "writer"
        ? ([account, { ...positions, USDC: "-9000" }] as const)
        : ([account, positions] as const),
    );
    const { report } = await completeRun(at("sunk"), keys, venueLines(sunk));
    expect(report.result).toEqual(await modelOf("sunk"));
    expect(report.result.tiers[4]).toBe((complete.report.result.tiers[4] ?? 0) + 1);
    expect(report.result.currentShortfall).toBeGreaterThan(complete.report.result.currentShortfall);
    expect(report.result.worstShortfall).toBeGreaterThan(complete.report.result.worstShortfall);
  });

  it("publishes no account, no salt and no position", () => {
    const book = new Book(new RunFolder(at("complete")).book);
    const files = readdirSync(join(at("complete"), "public"), { recursive: true, encoding: "utf8" })
      .map((name) => join(at("complete"), "public", name))
      .filter((path) => statSync(path).isFile());
    const text = files.map((path) => readFileSync(path, "utf8")).join("\n");
    expect(files).toHaveLength(complete.run.batches + 2);
    for (const account of book.accounts(0, book.count)) {
      if (account === null) throw new Error("The book has an empty place.");
      expect(text).not.toContain(formatField(account.accountId));
      expect(text).not.toContain(formatField(account.salt));
    }
    book.close();
  });

  it("keeps its private half to its owner", () => {
    for (const name of readdirSync(join(at("complete"), "private"))) {
      expect(statSync(join(at("complete"), "private", name)).mode & 0o077, name).toBe(0);
    }
  });

  it("uses another salt in every run, so equal accounts have other roots and states", async () => {
    const again = await begin(at("again"), keys);
    expect(again.accountsRoot).not.toBe(complete.run.accountsRoot);
    expect(again.initialState).not.toBe(complete.run.initialState);
  });
});

describe("resuming", () => {
  it("keeps what is proven, byte for byte", async () => {
    cpSync(at("complete"), at("kept"), { recursive: true });
    const proofs = join(at("kept"), "public", "proofs");
    rmSync(join(proofs, "00000001.json"));
    rmSync(join(at("kept"), "public", "report.json"));
    const before = readFileSync(join(proofs, "00000000.json"));
    const report = await proveRun(new RunFolder(at("kept")), proveOptions(keys));
    expect(report.result).toEqual(complete.report.result);
    expect(readFileSync(join(proofs, "00000000.json"))).toEqual(before);
    expect(existsSync(join(proofs, "00000001.json"))).toBe(true);
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, 200)],
    [
      "another state",
      (text: string) =>
        text.replace(/("stateOut": "0x)(..)/, (_, key, digits) => `${key}${digits === "00" ? "01" : "00"}`),
    ],
    [
      "another proof",
      (text: string) => text.replace(/"x": "0x(..)/, (_, d) => `"x": "0x${d === "00" ? "01" : "00"}`),
    ],
  ])("proves a batch again whose file is damaged: %s", async (name, damage) => {
    const run = at(`damaged ${name}`);
    cpSync(at("complete"), run, { recursive: true });
    const path = join(run, "public", "proofs", "00000001.json");
    const text = readFileSync(path, "utf8");
    expect(damage(text)).not.toBe(text);
    writeFileSync(path, damage(text));
    const damaged: number[] = [];
    const options = { ...proveOptions(keys), onDamaged: (index: number) => damaged.push(index) };
    const report = await proveRun(new RunFolder(run), options);
    expect(damaged).toEqual([1]);
    expect(report.result).toEqual(complete.report.result);
    expect(new PublicRunFolder(run).batch(1).stateOut).toBe(
      new PublicRunFolder(at("complete")).batch(1).stateOut,
    );
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, 200)],
    ["another number", (text: string) => text.replace(/"worstShortfall": "\d/, '"worstShortfall": "')],
  ])("proves a report again that is damaged, though its proof may hold: %s", async (name, damage) => {
    const run = at(`damaged report ${name}`);
    cpSync(at("complete"), run, { recursive: true });
    const path = join(run, "public", "report.json");
    const text = readFileSync(path, "utf8");
    expect(damage(text)).not.toBe(text);
    writeFileSync(path, damage(text));
    const report = await proveRun(new RunFolder(run), proveOptions(keys));
    expect(report.result).toEqual(complete.report.result);
    expect(new PublicRunFolder(run).report().result).toEqual(complete.report.result);
  });

  it("returns a whole report as it is", async () => {
    const path = join(at("complete"), "public", "report.json");
    const before = readFileSync(path);
    await proveRun(new RunFolder(at("complete")), proveOptions(keys));
    expect(readFileSync(path)).toEqual(before);
  });

  it("gives the same report after SIGKILL in the middle", async () => {
    const run = at("killed");
    const header = await begin(run, keys);
    const script = `
      const { proveRun } = await import(${JSON.stringify(pathToFileURL("src/solvency/node/prove.ts").href)});
      const { RunFolder } = await import(${JSON.stringify(pathToFileURL("src/solvency/node/folder.ts").href)});
      const { proveOptions, smallKeys } = await import(${JSON.stringify(pathToFileURL("test/solvency/small.ts").href)});
      await proveRun(new RunFolder(${JSON.stringify(run)}), proveOptions(await smallKeys()));
    `;
    const child = spawn(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script],
      { stdio: "ignore" },
    );
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.once("exit", (_, signal) => resolve(signal));
    });
    const first = join(run, "public", "proofs", "00000000.json");
    while (!existsSync(first) && child.exitCode === null) await sleep(20);
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    expect(new PublicRunFolder(run).hasReport).toBe(false);
    const kept = readFileSync(first);
    const report = await proveRun(new RunFolder(run), proveOptions(keys));
    expect(report.result).toEqual(complete.report.result);
    expect(new PublicRunFolder(run).run).toEqual(header);
    expect(readFileSync(first)).toEqual(kept);
  });

  it("refuses another snapshot, key or secret", async () => {
    const run = new RunFolder(at("complete"));
    const other = await failureOf(
      proveRun(run, { ...proveOptions(keys), snapshot: smallSnapshot(1_770_326_978_000n) }),
    );
    expect([other.code, other.shortMessage]).toEqual([
      "RUN_CONFLICT",
      "The run began with another snapshot.",
    ]);
    cpSync(at("complete"), at("stranger"), { recursive: true });
    cpSync(join(at("again"), "private", "secret.json"), join(at("stranger"), "private", "secret.json"));
    const secret = await failureOf(proveRun(new RunFolder(at("stranger")), proveOptions(keys)));
    expect([secret.code, secret.shortMessage]).toEqual([
      "RUN_CONFLICT",
      "The run began with another secret.",
    ]);
  });
});

describe("accounts that can't be proven", () => {
  const refusal = (name: string, lines: string, changes = {}) =>
    failureOf(begin(at(name), keys, lines, changes));

  it("name the line that doesn't parse", async () => {
    const error = await refusal("bad line", `${venueLines().split("\n").slice(0, 2).join("\n")}\n{oops\n`);
    expect(error.code).toBe("INVALID_PORTFOLIO");
    expect(error.shortMessage).toMatch(/^Line 3 of .*bad line\.jsonl/);
    expect(existsSync(join(at("bad line"), "public", "run.json"))).toBe(false);
  });

  it("keep the inputs that an error's hint speaks of", async () => {
    const error = await refusal("unknown", venueLines([["maker", { DOGE: "1" }]]));
    expect(error).toMatchObject({ code: "UNKNOWN_INSTRUMENT", inputs: ["snapshot.include"] });
  });

  it("are refused twice", async () => {
    const error = await refusal("twice", `${venueLines()}\n${venueLines([["maker", {}]])}`);
    expect(error.code).toBe("DUPLICATE_ACCOUNT");
    expect(error.shortMessage).toMatch(/^Line 6 of .*: account maker stands twice\.$/);
  });

  it("name the larger instance where there is one", async () => {
    const many = { USDC: "1", BTC: "1", ETH: "1", "BTC-PERPETUAL": "10", "BTC-27MAR26-64000-C": "1" };
    const error = await refusal("many", venueLines([["maker", many]]));
    expect(error.code).toBe("PORTFOLIO_TOO_LARGE");
    expect(error.shortMessage).toMatch(/^Line 1 of .*: an account has 5 positions; 2x4x8 has 4 slots\.$/);
    expect(error.hint).toBe("No instance takes it: net positions, or split the account.");
  });

  it("name instruments that don't net, and by how much", async () => {
    const error = await refusal("open", venueLines(VENUE.slice(0, 4)));
    expect(error.code).toBe("NOT_NETTED");
    expect(error.shortMessage).toBe("The accounts' positions do not net to zero: 5000 BTC-PERPETUAL.");
  });

  it("can't owe an asset in total", async () => {
    const error = await refusal("owed", venueLines([["broke", { ETH: "-1.5" }]]));
    expect(error.shortMessage).toBe("The accounts' positions do not net to zero: -1.5 ETH.");
  });

  it("name reserves that are short, and by how much", async () => {
    const reserves = complete.report.reserves.map(({ instrumentId, quantity }) => ({
      instrumentId,
      quantity: instrumentId === 2 ? quantity - 5n : quantity,
    }));
    const error = await refusal("short", venueLines(), { reserves });
    expect(error.code).toBe("RESERVES_SHORT");
    expect(error.shortMessage).toBe("The reserves are short: 0.0005 BTC.");
    await begin(at("enough"), keys, venueLines(), { reserves: complete.report.reserves });
  });

  it("exceed no window", async () => {
    const error = await refusal("huge", venueLines([["whale", { BTC: "1200000" }]]));
    expect(error.code).toBe("ACCOUNT_TOO_LARGE");
    expect(error.shortMessage).not.toMatch(/1200000/);
  });

  it("are at least one, and at most the tree's places", async () => {
    expect((await refusal("none", "")).shortMessage).toBe("There are no accounts.");
    const crowd = Array.from({ length: 17 }, (_, i) => [`a${i}`, {}] as const);
    expect((await refusal("crowd", venueLines(crowd))).shortMessage).toMatch(/^Line 17 of .* room for 16\.$/);
  });
});
