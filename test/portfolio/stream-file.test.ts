import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { formatField, toField } from "../../src/math/field.ts";
import { parsePortfolio, portfolioFormatter } from "../../src/portfolio/format.ts";
import { MAX_PORTFOLIO_BYTES, readPortfolios, type VenueAccount } from "../../src/portfolio/stream-file.ts";
import type { SnapshotRow } from "../../src/risk/snapshot.ts";
import { failure, SEED } from "../risk/fixtures.ts";

const CALL = "BTC-27MAR26-100000-C"; // lots of 0.1 BTC
const NAMES = ["USDC", "BTC", CALL, "BTC-PERPETUAL"];
const none = { mark: 0n, pnl: [], delta: [], gamma: [], vega: [], longCharge: 0n, shortCharge: 0n };
const rows = NAMES.map((name, n): SnapshotRow => {
  const instrumentId = [1, 2, 70, 8][n] ?? 0;
  return { instrument: parseInstrumentName(name), instrumentId, vector: { ...none, instrumentId } };
});

const root = mkdtempSync(join(tmpdir(), "ballast-stream-"));
const folder = join(root, "venue");
const inFolder = (name: string): string => join(folder, name);
const write = (name: string, content: string | Buffer): string => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(inFolder(name), content);
  return inFolder(name);
};
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const portfolio = (account: string, quantity = "1", extra: object = {}): string =>
  JSON.stringify({ account, positions: [{ instrument: "USDC", quantity }], ...extra });

/** All accounts up to the end or the first error. */
async function read(source: string, input: Iterable<Buffer | string> = []) {
  const accounts: VenueAccount[] = [];
  let error: unknown;
  try {
    for await (const account of readPortfolios(source, { rows }, { input: Readable.from(input) })) {
      accounts.push(account);
    }
  } catch (thrown) {
    error = thrown;
  }
  return { accounts, names: accounts.map((account) => account.portfolio.account), error };
}

describe("a file of lines", () => {
  it("gives portfolio, salt and place of each line", async () => {
    const salt = toField(2n ** 248n - 1n);
    const lines = [portfolio("a", "2.5"), portfolio("b", "-1", { salt: formatField(salt) })];
    const path = write("all.jsonl", `${lines.join("\r\n")}`);
    const { accounts, error } = await read(path);
    expect(error).toBeUndefined();
    expect(accounts).toEqual([
      {
        portfolio: parsePortfolio(JSON.parse(lines[0] ?? ""), { rows }),
        salt: undefined,
        where: `Line 1 of ${path}`,
      },
      {
        portfolio: parsePortfolio(JSON.parse(portfolio("b", "-1")), { rows }),
        salt,
        where: `Line 2 of ${path}`,
      },
    ]);
  });

  it("takes an empty file for no accounts, and one final newline", async () => {
    expect(await read(write("none.jsonl", ""))).toEqual({ accounts: [], names: [], error: undefined });
    expect((await read(write("one.jsonl", `${portfolio("a")}\n`))).names).toEqual(["a"]);
    expect((await read(write("two.jsonl", `${portfolio("a")}\n\n`))).error).toMatchObject({
      code: "INVALID_PORTFOLIO",
      shortMessage: `Line 2 of ${inFolder("two.jsonl")} is empty.`,
    });
  });

  it("numbers lines right across the blocks of a file", async () => {
    const lines = Array.from({ length: 6000 }, (_, i) => portfolio(`account ${i}`, String(i + 1)));
    lines[5432] = portfolio("wrong", "314.159");
    const path = write("many.jsonl", lines.join("\n"));
    const { accounts, error } = await read(path);
    expect(accounts).toHaveLength(5432);
    accounts.forEach(({ where, portfolio: { account, positions } }, i) => {
      expect([where, account, positions]).toEqual([
        `Line ${i + 1} of ${path}`,
        `account ${i}`,
        [{ instrumentId: 1, quantity: 100n * BigInt(i + 1) }],
      ]);
    });
    expect(error).toMatchObject({
      code: "OFF_LOT_GRID",
      shortMessage: `Line 5433 of ${path}: The quantity of USDC is not a whole number of lots.`,
      details: { file: path, line: 5433, instrument: "USDC" },
    });
  });

  it("gives what parsing each line gives, wherever the blocks are cut", async () => {
    const format = portfolioFormatter({ rows });
    const anyLots = fc.bigInt({ min: 1n - 2n ** 36n, max: 2n ** 36n - 1n }).filter((lots) => lots !== 0n);
    const anyPositions = fc
      .uniqueArray(fc.constantFrom(...rows.map(({ instrumentId }) => instrumentId)))
      .chain((ids) => fc.tuple(...ids.sort((a, b) => a - b).map((id) => fc.tuple(fc.constant(id), anyLots))));
    const anyAccount = fc.record({
      account: fc
        .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
        .filter((name) => !/^0x/.test(name)),
      positions: anyPositions,
      salt: fc.option(fc.bigInt({ min: 0n, max: 2n ** 248n - 1n }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAccount, { minLength: 1 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (venue, end, isEnded, places) => {
          const files = venue.map(({ account, positions, salt }) => ({
            ...format({
              account,
              positions: positions.map(([instrumentId, quantity]) => ({ instrumentId, quantity })),
            }),
            ...(salt === undefined ? {} : { salt: `0x${salt.toString(16)}` }),
          }));
          const bytes = Buffer.from(
            files.map((file) => JSON.stringify(file)).join(end) + (isEnded ? end : ""),
          );
          const ends = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
          const blocks = [...ends, bytes.length].map((stop, i) => bytes.subarray(ends[i - 1] ?? 0, stop));
          const { accounts, error } = await read("-", blocks);
          expect(error).toBeUndefined();
          expect(
            accounts.map(({ portfolio: { account, positions }, salt }) => ({ account, positions, salt })),
          ).toEqual(
            venue.map(({ account, positions, salt }) => ({
              account,
              positions: positions.map(([instrumentId, quantity]) => ({ instrumentId, quantity })),
              salt,
            })),
          );
          files.forEach(({ account, positions }, i) => {
            expect(accounts[i]?.portfolio).toEqual(parsePortfolio({ account, positions }, { rows }));
            expect(accounts[i]?.where).toBe(`Line ${i + 1} of standard input`);
          });
        },
      ),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("takes 100,000 positions' text, and says when a line is longer than that", async () => {
    const long = portfolio("a").padEnd(MAX_PORTFOLIO_BYTES);
    expect((await read(write("long.jsonl", `${long}\n${portfolio("b")}`))).names).toEqual(["a", "b"]);
    const { names, error } = await read(write("longer.jsonl", `${portfolio("a")}\n${long} \n`));
    expect(names).toEqual(["a"]);
    expect(error).toMatchObject({
      code: "INVALID_PORTFOLIO",
      shortMessage: `Line 2 of ${inFolder("longer.jsonl")} is too long for a portfolio.`,
      details: { line: 2 },
    });
  });

  it("reads on only as fast as accounts are taken", async () => {
    const line = `${portfolio("a", "1", {}).padEnd(1 << 14)}\n`;
    let taken = 0;
    let ahead = 0;
    let blocks = 0;
    async function* input() {
      for (; blocks < 400; blocks++) {
        ahead = Math.max(ahead, blocks - taken / 16);
        yield line.repeat(16);
      }
    }
    for await (const { where } of readPortfolios("-", { rows }, { input: input() })) {
      expect(where).toBe(`Line ${++taken} of standard input`);
    }
    expect(taken).toBe(6400); // 100 MiB
    expect(ahead).toBeLessThanOrEqual(1);
  });
});

describe("a folder", () => {
  it("is read in code-unit order of names, lines in theirs, other files passed over", async () => {
    write("b.json", portfolio("b"));
    write("a.json", `{\n  "account": "a",\n  "positions": []\n}\n`);
    write("Z.json", portfolio("Z"));
    write("é.json", portfolio("é"));
    write("a.jsonl", `${portfolio("a1")}\n${portfolio("a2")}\n`);
    write("a-b.json", portfolio("a-b"));
    write("notes.txt", "none");
    mkdirSync(inFolder("older"));
    const { accounts, names, error } = await read(folder);
    expect(error).toBeUndefined();
    expect(names).toEqual(["Z", "a-b", "a", "a1", "a2", "b", "é"]);
    expect(accounts.map(({ where }) => where)).toEqual([
      inFolder("Z.json"),
      inFolder("a-b.json"),
      inFolder("a.json"),
      `Line 1 of ${inFolder("a.jsonl")}`,
      `Line 2 of ${inFolder("a.jsonl")}`,
      inFolder("b.json"),
      inFolder("é.json"),
    ]);
  });

  it("is no folder of portfolios without any", async () => {
    write("notes.txt", "none");
    expect((await read(folder)).error).toMatchObject({ code: "FILE_ERROR" });
    expect((await read(join(root, "absent"))).error).toMatchObject({ code: "FILE_ERROR" });
  });

  it("names the file that is wrong", async () => {
    write("a.json", portfolio("a"));
    const path = inFolder("b.json");
    const refused: [string | Buffer, string, string][] = [
      ["{", "INVALID_PORTFOLIO", `${path} is not JSON.`],
      ["", "INVALID_PORTFOLIO", `${path} is empty.`],
      [Buffer.from([0x22, 0xff, 0x22]), "INVALID_PORTFOLIO", `${path} is not text in UTF-8.`],
      [" ".repeat(MAX_PORTFOLIO_BYTES + 1), "INVALID_PORTFOLIO", `${path} is too long for a portfolio.`],
      [`[${portfolio("b")}]`, "INVALID_PORTFOLIO", `${path}: The portfolio is not of the expected form`],
      [portfolio("b", "x"), "INVALID_DECIMAL", `${path}: The quantity of USDC`],
    ];
    for (const [content, code, says] of refused) {
      write("b.json", content);
      const { names, error } = await read(folder);
      expect(names).toEqual(["a"]);
      expect(error).toMatchObject({
        code,
        shortMessage: expect.stringContaining(says),
        details: { file: path },
      });
    }
    rmSync(path);
    mkdirSync(path);
    expect((await read(folder)).error).toMatchObject({ code: "FILE_ERROR" });
  });
});

describe("what is refused", () => {
  const SECRET = /314|deadbeef/i;
  const position = (instrument: unknown, quantity: unknown): string =>
    JSON.stringify({ account: "a", positions: [{ instrument, quantity }] });
  const lines: [string, string, string][] = [
    ["half a line", '{"account":"a","positions":[{"quantity":"314', "INVALID_PORTFOLIO"],
    ["spaces", "   ", "INVALID_PORTFOLIO"],
    ["a number", "314", "INVALID_PORTFOLIO"],
    ["an unknown key", portfolio("a", "314", { deadbeef: "314" }), "INVALID_PORTFOLIO"],
    ["a salt that is a number", portfolio("a", "1", { salt: 314 }), "INVALID_PORTFOLIO"],
    ["a decimal salt", portfolio("a", "1", { salt: "314" }), "INVALID_PORTFOLIO"],
    [
      "a salt of 2^248",
      portfolio("a", "1", { salt: `0x1${"deadbeef".padEnd(62, "0")}` }),
      "INVALID_PORTFOLIO",
    ],
    [
      "a salt of 65 digits",
      portfolio("a", "1", { salt: `0x${"deadbeef".padStart(65, "0")}` }),
      "INVALID_PORTFOLIO",
    ],
    ["a quantity off the grid", position("USDC", "0.314159"), "OFF_LOT_GRID"],
    ["no quantity", position("USDC", "314 BTC"), "INVALID_DECIMAL"],
    ["too many lots", position("USDC", "314000000000"), "LOT_OVERFLOW"],
    ["a quantity for a name", position("314.5", "USDC"), "UNKNOWN_INSTRUMENT"],
    ["a salt for a name", position("DEADBEEF".repeat(7), "1"), "UNKNOWN_INSTRUMENT"],
    ["an unknown instrument", position("ETH-27MAR26-4000-C", "314"), "UNKNOWN_INSTRUMENT"],
  ];

  it.each(lines)("%s: the message says where, and quotes nothing", async (_, line, code) => {
    const { names, error } = await read("-", [`${portfolio("b", "314")}\n${line}\n`]);
    expect(names).toEqual(["b"]);
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining("Line 2 of standard input"),
      details: { line: 2 },
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(SECRET);
    expect(inspect((error as Error).cause)).toBe("undefined");
  });

  it("names instruments, as these are public", async () => {
    const { error } = await read("-", [position("ETH-27MAR26-4000-C", "1")]);
    expect(error).toMatchObject({
      message: expect.stringContaining(
        "Line 1 of standard input: ETH-27MAR26-4000-C is not in this snapshot.",
      ),
    });
    const shifted = await read("-", [position("BTC PERP", "1")]);
    expect(shifted.error).toMatchObject({
      message: expect.stringContaining("positions.0 has no instrument of this snapshot"),
    });
  });

  it("a portfolio alone has no salt beside it: its opening is a file of its own", () => {
    const { code, message } = failure(() =>
      parsePortfolio(JSON.parse(portfolio("a", "1", { salt: "0xdeadbeef" })), { rows }),
    );
    expect(code).toBe("INVALID_PORTFOLIO");
    expect(message).not.toMatch(SECRET);
  });
});
