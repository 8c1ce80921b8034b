import type { Hex } from "viem";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { issueText } from "../issue.ts";
import { parseJson } from "../json.ts";
import { checkChain, type MarketChain } from "../market/chain.ts";
import type { Instrument } from "../market/instruments.ts";
import {
  assignInstruments,
  createRegistry,
  FIRST_FREE_COLLATERAL_ID,
  FIXED_INSTRUMENT_IDS,
  type InstrumentRegistry,
  idProblem,
  LAST_COLLATERAL_ID,
} from "../market/registry.ts";
import { selectQuotes } from "../market/select.ts";
import { checkUnderlyings } from "../market/underlyings.ts";
import { type Field, formatField } from "../math/field.ts";
import type { Wad } from "../math/wad.ts";
import { withoutMark } from "../text.ts";
import { type Policy, policyElements } from "./policy.ts";
import { FLAGSHIP_SHAPE, type Shape } from "./shape.ts";
import { inputHashOf, policyHashOf, snapshotIdOf, tableHashOf } from "./snapshot-id.ts";
import {
  canonicalText,
  inputsOf,
  marketOf,
  type NumberedQuote,
  parseInputs,
  type SnapshotInputs,
} from "./snapshot-inputs.ts";
import { encodeRow, type RiskVector } from "./table.ts";
import { createVectorizer } from "./vector.ts";

/** One instrument of a snapshot with what one lot of it does. */
export interface SnapshotRow {
  readonly instrument: Instrument;
  readonly instrumentId: number;
  readonly vector: RiskVector;
}

/** One moment's market and policy as a table of risk vectors, under one id. */
export interface Snapshot {
  readonly snapshotId: Field;
  /** Unix seconds. */
  readonly time: bigint;
  readonly shape: Shape;
  readonly policy: Policy;
  readonly underlyings: readonly { readonly symbol: string; readonly indexPrice: Wad }[];
  /** By ascending instrument id. */
  readonly rows: readonly SnapshotRow[];
  readonly tableHash: Hex;
  readonly policyHash: Hex;
  readonly inputHash: Hex;
  /** The volatility oracle's round that it names, 0 for none. */
  readonly oracleRound: number;
  readonly policyElements: readonly Field[];
  /** What the rows were derived from, and can be again by anyone. */
  readonly inputs: SnapshotInputs;
}

export interface SnapshotOptions {
  /**
   * Where instruments get their stable ids; it is appended to. Default: the fixed ids and 64.. in canonical order, and no
   * collateral but the fixed assets.
   */
  readonly registry?: InstrumentRegistry;
  /** At most so many rows, the most traded first. Default: all quotes of the chain. */
  readonly rows?: number;
  /** Instruments that must be in. */
  readonly include?: readonly string[];
  /** Default: the flagship's 35 scenarios and 2 underlyings. */
  readonly shape?: Shape;
  /** The final round of the volatility oracle that it names, 1 to 2^32 - 1. Default: 0, none. */
  readonly oracleRound?: number;
}

const FORMAT = "ballast.snapshot/2";

/**
 * Derives a snapshot from a market and a policy. Deterministic: the same inputs give the same id on every machine.
 *
 * @throws {BallastError} INVALID_MARKET or DUPLICATE_INSTRUMENT for a quote that can't be used (expired and not settled, without a sane volatility, crossed),
 * LANE_OVERFLOW with instrument and lane for a row that can't be represented, INVALID_POLICY when the policy
 * doesn't fit the shape, UNKNOWN_INSTRUMENT for a name in `include` that the chain lacks, OUT_OF_RANGE as `selectQuotes`, INVALID_INPUT for an
 * `oracleRound` that isn't a number of 32 bits.
 * @example
 * ```ts
 * import { buildSnapshot, presetPolicy, sampleChain } from "ballast";
 * const snapshot = buildSnapshot(sampleChain(), presetPolicy("les"), { rows: 100 });
 * ```
 */
export function buildSnapshot(chain: MarketChain, policy: Policy, options: SnapshotOptions = {}): Snapshot {
  const {
    rows,
    include = [],
    shape = FLAGSHIP_SHAPE,
    registry = createRegistry(),
    oracleRound = 0,
  } = options;
  checkRound(oracleRound);
  const checked = checkChain(chain);
  checkUnderlyings(checked, policy);
  const isWhole = rows === undefined && include.length === 0;
  const selected = isWhole ? checked : selectQuotes(checked, rows ?? checked.quotes.length, include);
  const instruments = selected.quotes.map(({ instrument }) => instrument);
  if (options.registry === undefined) checkFixedCollateral(instruments);
  assignInstruments(registry, instruments);
  const quotes = selected.quotes
    .map((quote) => ({ instrumentId: registry.idOf(quote.instrument.name), quote }))
    .sort((a, b) => a.instrumentId - b.instrumentId);
  const underlyings = policy.underlyings.flatMap((symbol) =>
    checked.underlyings.filter((underlying) => underlying.symbol === symbol),
  );
  return derive(inputsOf({ ...selected, underlyings }, quotes, policy, shape, oracleRound));
}

/**
 * The same market under the same policy at another time: what signers publish while nothing moves.
 * @param time Unix seconds.
 * @throws {BallastError} INVALID_MARKET for a time at which an instrument has expired.
 */
export function snapshotAt({ inputs }: Pick<Snapshot, "inputs">, time: bigint): Snapshot {
  return derive({ ...inputs, time: (time * 1_000n).toString() });
}

/** The encoded table: one array of E+3 field elements a row, by ascending instrument id. */
export function tableElements(snapshot: Pick<Snapshot, "rows" | "shape">): Field[][] {
  return snapshot.rows.map(({ vector, instrument }) => encodeRow(snapshot.shape, vector, instrument.name));
}

/** The row of an instrument by name. @throws {BallastError} UNKNOWN_INSTRUMENT. */
export function rowByName(snapshot: Snapshot, name: string): SnapshotRow {
  const row = snapshot.rows.find(({ instrument }) => instrument.name === name);
  if (row !== undefined) return row;
  throw new BallastError("UNKNOWN_INSTRUMENT", `The snapshot has no instrument ${JSON.stringify(name)}.`, {
    hint: "Build a snapshot that includes it, or correct the name.",
  });
}

/** An instrument's name; `instrument 7` where the snapshot has no row for it. */
export function instrumentName({ rows }: Pick<Snapshot, "rows">, id: number): string {
  return rows.find(({ instrumentId }) => instrumentId === id)?.instrument.name ?? `instrument ${id}`;
}

/**
 * The snapshot's file: header, then the inputs, one instrument a line. Rows are not in it: they are derived.
 * @example
 * ```ts
 * import { encodeSnapshot, type Snapshot } from "ballast";
 * declare const snapshot: Snapshot;
 * const blob = new Blob([encodeSnapshot(snapshot)]);
 * ```
 */
export function encodeSnapshot(snapshot: Snapshot): string {
  const { instruments, ...rest } = snapshot.inputs;
  const inputs = JSON.stringify(rest).slice(0, -1);
  const header = [
    ["format", FORMAT],
    ["snapshotId", formatField(snapshot.snapshotId)],
    ["time", snapshot.time.toString()],
    ["tableHash", snapshot.tableHash],
    ["policyHash", snapshot.policyHash],
    ["inputHash", snapshot.inputHash],
  ].map(([key, value]) => `"${key}":"${value}"`);
  const rows = instruments.map((row) => JSON.stringify(row));
  return `{\n${header.join(",\n")},\n"inputs":${inputs},"instruments":[\n${rows.join(",\n")}\n]}}\n`;
}

const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/, "must be 0x and 64 hex digits");
export const snapshotFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  snapshotId: hex32,
  time: z.string(),
  tableHash: hex32,
  policyHash: hex32,
  inputHash: hex32,
  inputs: z.unknown(),
});

/**
 * Reads a snapshot file's text and derives every row again: whatever it says is checked.
 *
 * @throws {BallastError} INVALID_SNAPSHOT when it is no snapshot or its inputs can't make one, SNAPSHOT_TAMPERED when inputs, table,
 * policy, id or even the spelling are not what the file's hashes say.
 * @example
 * ```ts
 * import { decodeSnapshot } from "ballast";
 * const snapshot = decodeSnapshot(await (await fetch("/snapshot.json")).text());
 * ```
 */
export function decodeSnapshot(content: string): Snapshot {
  const text = withoutMark(content);
  const file = parseFile(text);
  let inputs: SnapshotInputs;
  let snapshot: Snapshot;
  try {
    inputs = parseInputs(file.inputs);
    if (inputHashOf(canonicalText(inputs)) !== file.inputHash) throw tampered("inputs");
    snapshot = derive(inputs);
  } catch (cause) {
    if (!(cause instanceof BallastError) || cause.code === "SNAPSHOT_TAMPERED") throw cause;
    throw new BallastError("INVALID_SNAPSHOT", `The snapshot can't be derived: ${cause.shortMessage}`, {
      cause,
    });
  }
  if (snapshot.policyHash !== file.policyHash) throw tampered("policy hash");
  if (snapshot.tableHash !== file.tableHash) throw tampered("table hash");
  if (snapshot.time.toString() !== file.time) throw tampered("time");
  if (formatField(snapshot.snapshotId) !== file.snapshotId) throw tampered("id");
  if (encodeSnapshot(snapshot) !== text) throw tampered("spelling");
  return snapshot;
}

function derive(inputs: SnapshotInputs): Snapshot {
  const { policy } = inputs;
  const shape: Shape = inputs.shape;
  const { chain, quotes } = marketOf(inputs);
  checkChain(chain);
  checkOrder(quotes, chain, policy);
  checkIds(quotes);
  checkSpelling(inputs, chain, quotes);
  const elements = policyElements(policy, shape);
  const vectorize = createVectorizer(chain, policy, shape);
  const rows = quotes.map(({ quote, instrumentId }) => ({
    instrument: quote.instrument,
    instrumentId,
    vector: vectorize(quote, instrumentId),
  }));
  const header = {
    time: chain.time / 1000n,
    shape,
    rowCount: rows.length,
    tableHash: tableHashOf(tableElements({ rows, shape })),
    policyHash: policyHashOf(elements),
    inputHash: inputHashOf(canonicalText(inputs)),
    oracleRound: inputs.oracleRound,
  };
  return {
    snapshotId: snapshotIdOf(header),
    time: header.time,
    shape,
    policy,
    underlyings: chain.underlyings,
    rows,
    tableHash: header.tableHash,
    policyHash: header.policyHash,
    inputHash: header.inputHash,
    oracleRound: header.oracleRound,
    policyElements: elements,
    inputs,
  };
}

function checkRound(oracleRound: number): void {
  if (Number.isInteger(oracleRound) && oracleRound >= 0 && oracleRound <= 0xffffffff) return;
  throw new BallastError("INVALID_INPUT", `${oracleRound} is not the number of an oracle round.`, {
    hint: "Rounds count from 1; 0 names none.",
  });
}

/** An id of the collateral range must mean one asset in every snapshot of a venue: a vault holds its tokens under it. */
function checkFixedCollateral(instruments: readonly Instrument[]): void {
  const other = instruments.find(
    ({ kind, name }) => kind === "collateral" && !Object.hasOwn(FIXED_INSTRUMENT_IDS, name),
  );
  if (other === undefined) return;
  throw new BallastError("INVALID_INPUT", `${other.name} has no instrument id as collateral yet.`, {
    hint: `Ids ${FIRST_FREE_COLLATERAL_ID} to ${LAST_COLLATERAL_ID} are given for good by a registry: name its file.`,
    inputs: ["snapshot.registry"],
    details: { instrument: other.name },
  });
}

/** Contracts know instruments by their ids alone: the fixed ones are their names', and no derivative passes for a reserve. */
function checkIds(quotes: readonly NumberedQuote[]): void {
  for (const { instrumentId, quote } of quotes) {
    const { name } = quote.instrument;
    const problem = idProblem(quote.instrument, instrumentId);
    if (problem === undefined) continue;
    throw new BallastError("INVALID_SNAPSHOT", `${name} ${problem}.`, {
      hint: "Ids come from a registry: build the snapshot with one.",
      details: { instrument: name, instrumentId },
    });
  }
}

/** Every number and time has one spelling: one market has one text, and one id. */
function checkSpelling(inputs: SnapshotInputs, chain: MarketChain, quotes: readonly NumberedQuote[]): void {
  const { policy, shape, oracleRound } = inputs;
  const canonical = inputsOf(chain, quotes, policy, shape, oracleRound);
  if (canonicalText(canonical) === canonicalText(inputs)) return;
  throw new BallastError(
    "INVALID_SNAPSHOT",
    "The inputs have a number or time that is not in canonical form.",
    {
      hint: 'Write "1", not "1.0" or "01".',
    },
  );
}

/** Ids ascend, names don't repeat, the underlyings are the policy's: otherwise two files could mean one market. */
function checkOrder(quotes: readonly NumberedQuote[], chain: MarketChain, policy: Policy): void {
  const names = new Set(quotes.map(({ quote }) => quote.instrument.name));
  const ascending = quotes.every(
    ({ instrumentId }, index) => instrumentId > (quotes[index - 1]?.instrumentId ?? 0),
  );
  if (!ascending || names.size !== quotes.length)
    throw new BallastError("INVALID_SNAPSHOT", "The rows' ids must ascend and no instrument be there twice.");
  if (chain.underlyings.map(({ symbol }) => symbol).join() !== policy.underlyings.join())
    throw new BallastError("INVALID_SNAPSHOT", "The underlyings are not the policy's, in its order.");
}

function parseFile(text: string): z.output<typeof snapshotFileSchema> {
  const result = snapshotFileSchema.safeParse(parseJson(text, "snapshot file", { code: "INVALID_SNAPSHOT" }));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new BallastError(
    "INVALID_SNAPSHOT",
    `This is not a snapshot file: ${issue?.path.join(".") ?? ""}: ${issueText(issue)}.`,
    { hint: `It must be JSON of the format ${FORMAT}.`, cause: result.error },
  );
}

function tampered(what: string): BallastError {
  return new BallastError("SNAPSHOT_TAMPERED", `The snapshot's ${what} is not what its contents give.`, {
    hint: "Take the file from its publisher again; don't edit or reformat it.",
    details: { what },
  });
}
