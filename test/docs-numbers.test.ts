import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TARGETS } from "../scripts/bench/targets.ts";
import { MAX_BATCH } from "../src/chain/coverage/attest.ts";
import { DEFAULT_CHUNK, MAX_CHUNK } from "../src/chain/solvency/run.ts";
import { INSTRUMENT_ID_LIMIT } from "../src/market/instruments.ts";
import { FIRST_FREE_ID } from "../src/market/registry.ts";
import { sampleChain } from "../src/market/sample.ts";
import { DEFAULT_DEPTH } from "../src/portfolio/merkle.ts";
import { MAX_PORTFOLIO_BYTES } from "../src/portfolio/stream-file.ts";
import { domainPowerOf } from "../src/prover/r1cs-file.ts";
import { recordedSizes } from "../src/prover/sizes-file.ts";
import { PENALTY_LIMIT } from "../src/risk/reduction.ts";
import { MAX_DEPTH } from "../src/tree/element.ts";
import { measureAll } from "./math/measurements.ts";

/**
 * Numbers that documents repeat from code. Tables of measurements stand between markers and are written by scripts, or are held
 * by the tests that measure; everything else that a page says and the code decides belongs here.
 */
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** The text of a page on one line, so that a sentence is found wherever it is broken. */
const flat = (path: string): string => read(path).replace(/\s+/g, " ");

const UNITS: Readonly<Record<string, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
};

/** A Solidity number: `60`, `1e9`, `1_000_000`, `1 << 100`, `2 days`. */
function solidityNumber(text: string): number {
  const [, base = "", op = "", unit = ""] =
    /^([\d_]+(?:e\d+)?)(?: (<<|\*\*) \d+)?(?: (seconds|minutes|hours|days))?$/.exec(text) ?? [];
  if (base === "") throw new Error(`not a number: ${text}`);
  const value = Number(base.replaceAll("_", ""));
  const [, right = "0"] = / (?:<<|\*\*) (\d+)/.exec(text) ?? [];
  if (op === "<<") return value * 2 ** Number(right);
  if (op === "**") return value ** Number(right);
  return value * (UNITS[unit] ?? 1);
}

const soliditySources = readdirSync(new URL("../contracts", import.meta.url), {
  recursive: true,
  encoding: "utf8",
});

/** The source of a contract, in whichever room it stands. */
function solidity(contract: string): string {
  const paths = soliditySources.filter(
    (path) => path.replaceAll("\\", "/").split("/").at(-1) === `${contract}.sol`,
  );
  const [path] = paths;
  if (path === undefined || paths.length > 1) throw new Error(`${paths.length} files are ${contract}.sol`);
  return read(`contracts/${path}`);
}

/** A constant of a contract, in seconds where it is a time. */
function constant(contract: string, name: string): number {
  const found = new RegExp(`constant ${name} = ([^;]+);`).exec(solidity(contract));
  if (found?.[1] === undefined) throw new Error(`${contract}.sol has no constant ${name}`);
  return solidityNumber(found[1]);
}

/** Bounds that a contract holds a parameter to: the arguments of its check. */
function bounds(contract: string, parameter: string): readonly [least: string, most: string] {
  const check = new RegExp(`requireWithin\\([^,]+, \\w+\\.${parameter}, ([^,]+), ([^;]+)\\);`);
  // A window in served time is longer than the clock's gap besides, and some are longer than another.
  const source = solidity(contract)
    .replace(/Bounds\.window\(([^,]+), gap\)/g, "$1")
    .replace(/Math\.max\(([^,]+), [^)]+\)/g, "$1");
  const [, least, most] = check.exec(source) ?? [];
  if (least === undefined || most === undefined)
    throw new Error(`${contract}.sol doesn't bound ${parameter}`);
  return [least, most];
}

/** A duration as pages write it. */
function duration(seconds: number): string {
  for (const [unit, size] of [
    ["day", 86_400],
    ["hour", 3600],
    ["min", 60],
    ["s", 1],
  ] as const) {
    if (seconds % size !== 0) continue;
    const count = seconds / size;
    return `${count} ${unit}${(unit === "day" || unit === "hour") && count > 1 ? "s" : ""}`;
  }
  throw new Error("not whole seconds");
}
const grouped = (value: number): string => value.toLocaleString("en-US");

/** Each: a page, what it must say, made from the code. */
const SENTENCES: readonly (readonly [page: string, says: string])[] = [
  [
    "docs/protocol/accounts-tree.md",
    `D is ${DEFAULT_DEPTH} by default (a million accounts), at most ${MAX_DEPTH} (`,
  ],
  ["docs/protocol/encodings.md", `at most ${constant("SnapshotOracle", "MAX_CLOCK_SKEW")} seconds after it`],
  [
    "docs/protocol/encodings.md",
    `Ids 1 to ${constant("CollateralVault", "LAST_COLLATERAL_ID")} are those of collateral assets`,
  ],
  ["docs/protocol/encodings.md", `\`maxPenalty < 2^${Math.log2(Number(PENALTY_LIMIT))}\` ppm`],
  [
    "docs/reference/contracts/snapshot.md",
    `time more than ${constant("SnapshotOracle", "MAX_CLOCK_SKEW")} s ahead`,
  ],
  [
    "docs/reference/contracts/snapshot.md",
    `not 1..${constant("OracleSigners", "MAX_SIGNERS")} ascending addresses`,
  ],
  [
    "docs/reference/contracts/coverage.md",
    `attestBatch(circuit, snapshot, deadline, 1..${constant("CoverageRegistry", "MAX_BATCH")} items)`,
  ],
  [
    "docs/reference/contracts/solvency.md",
    `submit(run, from batch, 1..${constant("SolvencyRegistry", "MAX_BATCH")} steps)`,
  ],
  ["docs/reference/contracts/coverage.md", `tier > ${constant("CoverageRegistry", "MAX_TIER")} `],
  [
    "docs/reference/contracts/solvency.md",
    `an id outside 1 .. ${constant("CollateralVault", "LAST_COLLATERAL_ID")} `,
  ],
  [
    "docs/reference/contracts/liquidation.md",
    `2^${Math.log2(constant("BidBook", "CASH_LIMIT"))} lots or more`,
  ],
  [
    "docs/reference/contracts/oracle.md",
    `${constant("VolatilityOracle", "HISTORY")} or more final rounds ago`,
  ],
  ["docs/reference/contracts/README.md", `the venue withdraws after an hour`],
  ["docs/protocol/liquidation.md", `one bid each, ${constant("BidBook", "MAX_BIDS")} in all`],
  ["docs/operate/solvency-run.md", `(${DEFAULT_CHUNK} unless given, ${MAX_CHUNK} at most)`],
  [
    "docs/protocol/volatility-oracle.md",
    `Prices and volatilities that ${constant("OracleFeeders", "MIN_FEEDERS")} to ${constant("OracleFeeders", "MAX_FEEDERS")} bonded feeders`,
  ],
  ["docs/protocol/volatility-oracle.md", `${constant("VolatilityOracle", "HISTORY")} final rounds are kept`],
  [
    "docs/protocol/volatility-oracle.md",
    `price 1 to 10^${Math.log10(constant("ReadingStore", "MAX_PRICE"))} micro-USD`,
  ],
  [
    "docs/protocol/volatility-oracle.md",
    `implied volatility ${constant("ReadingStore", "MIN_VOL") / 1e4} to ${grouped(constant("ReadingStore", "MAX_VOL") / 1e4)} %`,
  ],
  [
    "docs/protocol/volatility-oracle.md",
    `feederBond, slashAmount | 1 to 2^${Math.log2(constant("OracleFeeders", "MAX_BOND"))} units`,
  ],
  [
    "docs/protocol/clearing-house.md",
    `V = 10^${Math.log10(constant("ShareMath", "VIRTUAL_SHARES"))} virtual shares`,
  ],
  [
    "docs/protocol/clearing-house.md",
    `more than 10^${Math.log10(constant("LossPools", "MAX_SHARES_PER_UNIT"))} shares to a unit`,
  ],
  [
    "docs/protocol/clearing-house.md",
    `\`payableAt\`, ${duration(constant("WithdrawalQueue", "LONGEST_WAIT"))} later`,
  ],
  [
    "docs/protocol/clearing-house.md",
    `\`lapsesAt\`, ${duration(constant("WithdrawalQueue", "PAYMENT_WINDOW"))} after that`,
  ],
  [
    "docs/protocol/clearing-house.md",
    `unlocks the funds ${duration(constant("LossWaterfall", "LONGEST_LOCK"))} after the residual arose`,
  ],
  ["docs/reference/venue-files.md", `${MAX_PORTFOLIO_BYTES / 2 ** 20} MiB a line at most`],
  ["docs/reference/market-data.md", `all others count up from ${FIRST_FREE_ID}.`],
  ["docs/reference/market-data.md", `An id of ${Math.log2(INSTRUMENT_ID_LIMIT)} bits`],
  ["docs/reference/terminology.md", `a number in 1..2^${Math.log2(INSTRUMENT_ID_LIMIT)}-1`],
];

describe("sentences with numbers", () => {
  it.each(SENTENCES)("%s says: %s", (page, says) => {
    expect(flat(page)).toContain(says);
  });

  it("of times in words: the contracts' are these", () => {
    expect(constant("CollateralVault", "WITHDRAWAL_DELAY")).toBe(3600);
    expect(constant("Governed", "CHANGE_DELAY")).toBe(2 * 86_400);
    expect(constant("OracleSigners", "SIGNER_CHANGE_DELAY")).toBe(2 * 86_400);
    expect(constant("OracleFeeders", "EXIT_DELAY")).toBe(7 * 86_400);
    expect(constant("PortfolioLedger", "LONGEST_LOCK")).toBe(86_400);
    expect(flat("docs/protocol/volatility-oracle.md")).toContain("gets its whole bond seven days later");
    expect(flat("docs/protocol/liquidation.md")).toContain("(`PortfolioLedger.lock`, a day at most)");
    for (const page of ["docs/protocol/liquidation.md", "docs/protocol/volatility-oracle.md"])
      expect(flat(page)).toMatch(/wait (?:for )?two days/);
  });

  it("of limits that TypeScript and contracts share: both have one", () => {
    expect(MAX_BATCH).toBe(constant("CoverageRegistry", "MAX_BATCH"));
    expect(MAX_CHUNK).toBe(constant("SolvencyRegistry", "MAX_BATCH"));
    for (const contract of ["LedgerBook", "Deleveraging"])
      expect(constant(contract, "LAST_COLLATERAL_ID")).toBe(
        constant("CollateralVault", "LAST_COLLATERAL_ID"),
      );
    expect(constant("Deleveraging", "INSTRUMENT_LIMIT")).toBe(INSTRUMENT_ID_LIMIT);
  });

  it("of the sample: its options, expiries and instruments", () => {
    const { quotes } = sampleChain();
    const options = quotes.flatMap(({ instrument }) => (instrument.kind === "option" ? [instrument] : []));
    const expiries = new Set(options.map(({ expiry }) => expiry)).size;
    expect(expiries).toBe(6);
    expect(flat("docs/reference/market-data.md")).toContain(
      `${options.length} options over six expiries, futures, perpetuals and collateral, ${quotes.length} instruments`,
    );
  });
});

describe("parameters of a liquidation", () => {
  const page = read("docs/protocol/liquidation.md");
  const cells = new Map<string, readonly [least: string, most: string]>();
  for (const line of page.split("\n")) {
    const [, contracts = "", names = "", least = "", most = "", ...rest] = line
      .split("|")
      .map((cell) => cell.trim());
    if (rest.length !== 1) continue;
    for (const contract of contracts.split(", "))
      for (const name of names.replace(/\([^)]*\)/g, "").split(/[,<]/))
        cells.set(`${contract}.${name.trim()}`, [least, most]);
  }
  const shown = (value: string): string => {
    if (value === "1") return "1 unit";
    if (/days|minutes|hours/.test(value)) return duration(solidityNumber(value));
    const number = solidityNumber(value);
    if (number >= 2 ** 64) return `2^${Math.log2(number)}`;
    return number === 0 ? "0" : `${number / 10_000} %`;
  };
  /** What a contract calls the least of its windows, beside the clock's gap. */
  const least: Readonly<Record<string, string>> = { SealedAuction: "5 minutes", PortfolioSale: "10 minutes" };

  it.each([
    ["engine", "CaseBook", ["softWindow", "takeoverNotice", "caseLength", "openAge", "unservedLimit"]],
    ["challenges", "ChallengeBook", ["challengeWindow", "answerTime", "unservedLimit", "answerCost"]],
    ["auction", "SealedAuction", ["commitWindow", "revealWindow", "settleWindow", "bidBond"]],
    ["sale", "PortfolioSale", ["startWindow", "duration", "holdPeriod"]],
  ])("of the %s have the bounds that %s holds them to", (part, contract, parameters) => {
    for (const parameter of parameters) {
      const [low, high] = bounds(contract, parameter);
      const from = low === "least" ? (least[contract] ?? low) : low;
      expect(cells.get(`${part}.${parameter}`), parameter).toEqual([shown(from), shown(high)]);
    }
  });

  it("that are shares have their bounds", () => {
    const most = (contract: string, parameter: string): string => shown(bounds(contract, parameter)[1]);
    expect(cells.get("engine.maxPenalty")).toEqual(["0", most("CaseBook", "maxPenalty")]);
    expect(cells.get("challenges.bond")?.[1]).toBe(most("ChallengeBook", "bond"));
    for (const [part, contract] of [
      ["auction", "SealedAuction"],
      ["sale", "PortfolioSale"],
    ] as const)
      for (const parameter of ["maxDiscount", "feeRate", "challengerShare"])
        expect(cells.get(`${part}.${parameter}`)?.[1], parameter).toBe(most(contract, parameter));
    expect(cells.get("auction.bondRate")).toEqual([
      "feeRate and maxDiscount",
      most("SealedAuction", "bondRate"),
    ]);
    expect(cells.get("sale.finalDiscount")).toEqual(["maxDiscount", most("PortfolioSale", "finalDiscount")]);
    expect(cells.get("sale.holdBackRate")).toEqual(["0", most("PortfolioSale", "holdBackRate")]);
    expect(cells.get("sale.slippageCap")).toEqual(["0", most("PortfolioSale", "slippageCap")]);
  });
});

describe("parameters of the volatility oracle", () => {
  const page = flat("docs/protocol/volatility-oracle.md");
  const of = (name: string): readonly [string, string] => bounds("OracleFeeders", name);
  const time = (text: string): string => duration(solidityNumber(text)).replace("1 min", "60 s");
  const percent = (text: string): string => String(solidityNumber(text) / 10_000);

  it("have the bounds that the contract holds them to", () => {
    const [interval, reportWindow, maxAge] = [of("interval"), of("reportWindow"), of("maxAge")];
    expect(page).toContain(`| interval | ${time(interval[0])} to ${time(interval[1])} |`);
    expect(page).toContain(`| reportWindow | ${time(reportWindow[0])} to the interval |`);
    expect(page).toContain(`| maxAge | interval + reportWindow to ${time(maxAge[1])} |`);
    const [move, tolerance, slash] = [of("maxMove"), of("tolerance"), of("slashDeviation")];
    expect(page).toContain(
      `| ${percent(move[0])} to ${percent(move[1])} %; ${percent(tolerance[0])} to ${percent(tolerance[1])} %; ` +
        `tolerance to ${percent(slash[1])} % |`,
    );
    expect(page).toContain(
      `| ${constant("OracleFeeders", "MIN_FEEDERS")} to the feeders; ${of("realisedRounds").join(" to ")} |`,
    );
  });
});

describe("docs/protocol/black76.md", () => {
  it("asserts what the tests assert: every measurement with its bound", () => {
    const rows = [
      ...read("docs/protocol/black76.md").matchAll(
        /^\| ([^|]+) \| (\d+) \| [^|]+ \| ([\de.-]+) \| ([^|]+) \|$/gm,
      ),
    ];
    const listed = rows.map(([, what, , bound, unit]) => ({ what, bound: Number(bound), unit }));
    // The measurements of one point: what is measured and asserted doesn't depend on how many there are.
    expect(listed).toEqual(measureAll(1, 1).map(({ what, bound, unit }) => ({ what, bound, unit })));
  });
});

describe("docs/reference/benchmarks.md", () => {
  const page = read("docs/reference/benchmarks.md");
  const sizes = recordedSizes();
  const seconds = (ms: number | undefined): string => `${(ms ?? 0) / 1000} s`;

  it("gives today's sizes of the batches whose parts it measures", () => {
    const rows = [...page.matchAll(/^\| (\w+_s\d+k\d+\w*) \| ([\d,]+) \| .* \| 2\^(\d+) \|/gm)];
    expect(rows.length).toBeGreaterThan(0);
    for (const [, name = "", constraints, power] of rows) {
      const size = sizes.get(name);
      expect(constraints, name).toBe(grouped(size?.constraints ?? 0));
      expect(Number(power), name).toBe(domainPowerOf(size?.constraints ?? 0, size?.publicInputs ?? 0));
    }
  });

  it("says no other sizes: other pages have them", () => {
    const heads = [...page.matchAll(/^\|.*\bconstraints\b.*\|$/gm)];
    expect(heads).toHaveLength(1);
    expect(page).not.toMatch(/\d,\d{3} constraints/);
    expect(page).not.toMatch(/^\| \d+x\d+ \|.*\| 2\^/m);
  });

  it("has the benchmark's targets", () => {
    const { warmProof, attestGas, batchGas } = TARGETS;
    const flagship = warmProof["coverage_64x240_s35k2"];
    expect(page).toContain(`| 64x240, warm proof, snarkjs | ${seconds(flagship?.snarkjs)} |`);
    expect(page).toContain(`| 64x240, warm proof, rapidsnark | ${seconds(flagship?.rapidsnark)} |`);
    expect(page).toContain(`| one attestation | ${grouped(attestGas)} gas |`);
    expect(page).toContain(
      `| one attestation of a batch of ${batchGas.size} | ${grouped(batchGas.each)} gas |`,
    );
  });
});

describe("gas in documents", () => {
  it("stands in docs/reference/gas.md, which a script writes, and in measurements; elsewhere only the bounds that tests hold", () => {
    const { attestGas, batchGas } = TARGETS;
    const bounds = new Set([attestGas, batchGas.each].map(grouped));
    const pages = readdirSync(new URL("../docs", import.meta.url), {
      recursive: true,
      encoding: "utf8",
    }).filter((name) => name.endsWith(".md") && !/(?:gas|benchmarks)\.md$/.test(name));
    const said = ["README.md", ...pages.map((name) => `docs/${name}`)].flatMap((page) =>
      [...flat(page).matchAll(/(\d{1,3},\d{3}) gas\b/g)].map(([, number = ""]) => number),
    );
    expect(said).toContain(grouped(attestGas));
    expect(said.filter((number) => !bounds.has(number))).toEqual([]);
    const held = read("test/chain/coverage/attest.test.ts");
    for (const bound of bounds) expect(held).toContain(`OrEqual(${bound.replace(",", "_")}n)`);
  });
});
