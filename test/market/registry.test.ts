import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { assignInstruments, createRegistry, FIXED_INSTRUMENT_IDS } from "../../src/market/registry.ts";
import { loadRegistry, saveRegistry, updateRegistry } from "../../src/market/registry-file.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { WAD, wad } from "../../src/math/wad.ts";
import { builtModule } from "../helpers/built.ts";

const FILE_ERROR = expect.objectContaining({ code: "FILE_ERROR" });
const sample = sampleChain().quotes.map(({ instrument }) => instrument);

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-registry-"));
  path = join(folder, "registry.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the registry", () => {
  it("has the fixed ids from the start", () => {
    const registry = createRegistry();
    expect(FIXED_INSTRUMENT_IDS).toMatchObject({ USDC: 1, BTC: 2, ETH: 3, "BTC-PERPETUAL": 8 });
    for (const [name, id] of Object.entries(FIXED_INSTRUMENT_IDS)) expect(registry.assign(name)).toBe(id);
    expect(registry.entries()).toEqual([]);
  });

  it("counts up from 64, and says what it doesn't know", () => {
    const registry = createRegistry();
    expect(registry.assign("BTC-27MAR26")).toBe(64);
    expect(registry.assign("ETH-27MAR26")).toBe(65);
    expect(registry.assign("BTC-27MAR26")).toBe(64);
    expect(() => registry.idOf("BTC-27MAR26-100000-C")).toThrowError(
      expect.objectContaining({ code: "UNKNOWN_INSTRUMENT" }),
    );
  });

  it("gives further collateral the ids 4 to 7, once, and counts derivatives apart", () => {
    const registry = createRegistry();
    expect(["USDT", "BTC-27MAR26", "SOL", "XRP", "DAI"].map((name) => registry.assign(name))).toEqual([
      4, 64, 5, 6, 7,
    ]);
    expect(registry.assign("SOL")).toBe(5);
    expect(() => registry.assign("DOGE")).toThrowError(expect.objectContaining({ code: "OUT_OF_RANGE" }));
    expect(registry.has("DOGE")).toBe(false);
    expect(registry.entries().map(({ id }) => id)).toEqual([4, 5, 6, 7, 64]);
    expect(createRegistry(registry.entries()).idOf("USDT")).toBe(4);
  });

  it.each([
    ["a derivative below 8", [{ id: 4, name: "BTC-27MAR26" }]],
    ["an id that nobody gives", [{ id: 12, name: "BTC-27MAR26" }]],
    ["a fixed id", [{ id: 3, name: "SOL" }]],
    ["a fixed asset under another id", [{ id: 4, name: "ETH" }]],
    [
      "one asset under two ids",
      [
        { id: 4, name: "SOL" },
        { id: 5, name: "SOL" },
      ],
    ],
    [
      "one id for two assets",
      [
        { id: 4, name: "SOL" },
        { id: 4, name: "XRP" },
      ],
    ],
  ])("refuses %s", (_, entries) => {
    expect(() => createRegistry(entries)).toThrowError(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("keeps an asset's id above 63 from older files unused, and gives it one of the collateral range", () => {
    const registry = createRegistry([{ id: 64, name: "SOL" }]);
    expect(registry.has("SOL")).toBe(false);
    expect(registry.assign("SOL")).toBe(4);
    expect(registry.assign("BTC-27MAR26")).toBe(65);
    expect(createRegistry(registry.entries()).idOf("SOL")).toBe(4);
  });

  it("keeps collateral in its file when others came first, and never gives an id to another asset", () => {
    updateRegistry(path, [parseInstrumentName("BTC-27MAR26"), parseInstrumentName("USDT")]);
    const mine = loadRegistry(path);
    mine.assign("DAI");
    saveRegistry(path, mine);
    expect(loadRegistry(path).entries()).toEqual([
      { id: 4, name: "USDT" },
      { id: 5, name: "DAI" },
      { id: 64, name: "BTC-27MAR26" },
    ]);
    const other = createRegistry([
      { id: 4, name: "DAI" },
      { id: 64, name: "BTC-27MAR26" },
    ]);
    expect(() => saveRegistry(path, other)).toThrowError(FILE_ERROR);
  });

  it("keeps every lot for good, of fixed instruments too, and leaves the file alone where one differs", () => {
    const call = parseInstrumentName("SOL_USDC-6FEB26-120-C", wad(WAD));
    updateRegistry(path, [call, parseInstrumentName("BTC")]);
    const before = readFileSync(path, "utf8");
    expect(loadRegistry(path).lots()).toEqual({ BTC: "0.0001", "SOL_USDC-6FEB26-120-C": "1" });
    const others = [
      { ...call, lotSize: wad(10n * WAD) },
      { ...parseInstrumentName("BTC"), lotSize: wad(WAD) },
    ];
    for (const other of others) {
      expect(() => updateRegistry(path, [parseInstrumentName("ETH"), other])).toThrowError(
        expect.objectContaining({ code: "INVALID_MARKET", inputs: ["market.lots", "market.lotsFile"] }),
      );
      expect(readFileSync(path, "utf8")).toBe(before);
    }
    updateRegistry(path, [call]);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("reads files of before lots were noted, and notes them at the next use", () => {
    writeFileSync(
      path,
      '{ "format": "ballast.registry/1", "instruments": [{ "id": 64, "name": "BTC-27MAR26" }] }',
    );
    expect(loadRegistry(path).lots()).toEqual({});
    updateRegistry(path, [parseInstrumentName("BTC-27MAR26")]);
    expect(loadRegistry(path).lots()).toEqual({ "BTC-27MAR26": "10" });
  });

  it("gives the same ids whatever the order of the instruments", () => {
    const inOrder = createRegistry();
    assignInstruments(inOrder, sample);
    fc.assert(
      fc.property(fc.shuffledSubarray(sample, { minLength: sample.length }), (shuffled) => {
        const registry = createRegistry();
        assignInstruments(registry, shuffled);
        expect(registry.entries()).toEqual(inOrder.entries());
      }),
      { numRuns: 20 },
    );
  });

  it("refuses entries that are out of order, listed twice, or fixed", () => {
    const invalid = expect.objectContaining({ code: "INVALID_INPUT" });
    const [a, b] = ["BTC-27MAR26", "ETH-27MAR26"];
    for (const entries of [
      [
        { id: 65, name: a },
        { id: 64, name: b },
      ],
      [
        { id: 64, name: a },
        { id: 64, name: b },
      ],
      [
        { id: 64, name: a },
        { id: 65, name: a },
      ],
      [{ id: 64, name: "USDC" }],
      [{ id: 12, name: a }],
    ]) {
      expect(() => createRegistry(entries)).toThrowError(invalid);
    }
  });

  it("refuses a name that no instrument can have: a changed letter would give its id to nobody", () => {
    expect(() => createRegistry([{ id: 64, name: "BTC-6FDB26" }])).toThrow(/misplaced/);
    expect(createRegistry([{ id: 64, name: "BTC-6FEB26" }]).idOf("BTC-6FEB26")).toBe(64);
  });

  it("never runs past 2^20 ids", () => {
    const registry = createRegistry([{ id: 2 ** 20 - 2, name: "BTC-27MAR26" }]);
    expect(registry.assign("ETH-27MAR26")).toBe(2 ** 20 - 1);
    expect(() => registry.assign("ETH-6FEB26")).toThrowError(
      expect.objectContaining({ code: "OUT_OF_RANGE" }),
    );
  });
});

describe("the registry's file", () => {
  it("comes back as it was saved, and leaves nothing else in the folder", () => {
    const registry = createRegistry();
    assignInstruments(registry, sample);
    saveRegistry(path, registry);
    expect(loadRegistry(path).entries()).toEqual(registry.entries());
    expect(readdirSync(folder)).toEqual(["registry.json"]);
  });

  it("is empty when it doesn't exist, and isn't made by reading", () => {
    expect(loadRegistry(path).entries()).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ["cut off", '{ "format": "ballast.registry/1", "instruments": [{ "id": 64,'],
    ["of another format", '{ "format": "ballast.registry/2", "instruments": [] }'],
    ["with an unknown key", '{ "format": "ballast.registry/1", "instruments": [], "next": 64 }'],
    [
      "with a fixed id",
      '{ "format": "ballast.registry/1", "instruments": [{ "id": 1, "name": "BTC-27MAR26" }] }',
    ],
    [
      "with one id twice",
      '{ "format": "ballast.registry/1", "instruments": [{ "id": 64, "name": "BTC-27MAR26" }, { "id": 64, "name": "ETH-27MAR26" }] }',
    ],
  ])("fails when it is %s, and stays untouched", (_, text) => {
    writeFileSync(path, text);
    const registry = createRegistry();
    registry.assign("BTC-6FEB26");
    expect(() => loadRegistry(path)).toThrowError(FILE_ERROR);
    expect(() => saveRegistry(path, registry)).toThrowError(FILE_ERROR);
    expect(() => updateRegistry(path, sample)).toThrowError(FILE_ERROR);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["registry.json"]);
  });

  it("refuses to overwrite ids that somebody else saved meanwhile", () => {
    const [mine, theirs] = [loadRegistry(path), loadRegistry(path)];
    theirs.assign("BTC-27MAR26");
    saveRegistry(path, theirs);
    mine.assign("ETH-27MAR26");
    expect(() => saveRegistry(path, mine)).toThrowError(FILE_ERROR);
    expect(() => saveRegistry(path, createRegistry())).toThrowError(FILE_ERROR);
    expect(loadRegistry(path).entries()).toEqual([{ id: 64, name: "BTC-27MAR26" }]);
  });

  it("keeps old ids when an update brings instruments that sort before them", () => {
    updateRegistry(path, [parseInstrumentName("ETH-27MAR26")]);
    const registry = updateRegistry(path, [parseInstrumentName("BTC-27MAR26"), parseInstrumentName("USDC")]);
    expect(registry.entries()).toEqual([
      { id: 64, name: "ETH-27MAR26" },
      { id: 65, name: "BTC-27MAR26" },
    ]);
    expect(loadRegistry(path).entries()).toEqual(registry.entries());
  });

  it("takes over the lock of somebody who died holding it, and says whose lock it waits for", () => {
    writeFileSync(`${path}.lock`, "");
    const times = { poll: 1, empty: 50 };
    expect(() => updateRegistry(path, sample, { limit: 0, times })).toThrowError(
      expect.objectContaining({
        code: "LOCKED",
        message: expect.stringContaining(`${path}.lock is held by`),
      }),
    );
    expect(existsSync(path)).toBe(false);
    expect(updateRegistry(path, sample, { times }).entries().length).toBeGreaterThan(0);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("loses no id when several processes add to it at once", async () => {
    const module = builtModule("market/registry-file.ts");
    const script = `
      const { updateRegistry } = await import(${JSON.stringify(module)});
      const [path, day] = process.argv.slice(-2);
      for (let i = 1; i <= 20; i++) updateRegistry(path, [{ kind: "future", underlying: "BTC", settlement: "inverse", expiry: 1n, lotSize: 1n, name: "BTC-27MAR26-" + day + "0" + i + "-C" }]);
    `;
    const run = promisify(execFile);
    const cwd = fileURLToPath(new URL("../..", import.meta.url));
    const args = ["--input-type=module", "--eval", script, "--", path];
    await Promise.all(["1", "2", "3"].map((day) => run(process.execPath, [...args, day], { cwd })));
    const entries = loadRegistry(path).entries();
    expect(entries.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, i) => 64 + i));
    expect(new Set(entries.map(({ name }) => name)).size).toBe(60);
  }, 60_000);
});
