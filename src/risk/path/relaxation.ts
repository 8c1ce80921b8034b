import { policyRules } from "../policy-layout.ts";
import type { RiskVector } from "../table.ts";
import type { PreparedTask } from "./exact.ts";
import type { Segment } from "./ladder.ts";
import { type Programme, ProgrammeBuilder } from "./programme.ts";

/** A segment that a programme may fill, from what is filled already to what may be. */
export interface Fill {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
}

/** `requirement * R + cost * C <= limit`, in USD: R the requirement, C the cost since the start. */
export interface Limit {
  readonly requirement: number;
  readonly cost: number;
  readonly limit: number;
  /** Whether cash that is paid in lifts the limit. */
  readonly funded?: true;
}

/** What a programme is to find. */
export interface Ask {
  readonly fills: readonly Fill[];
  readonly limits: readonly Limit[];
  /** By underlying, USD. */
  readonly shortGamma: readonly number[];
  readonly objective: "cost" | "gamma" | "cash";
  /** What a USD paid in counts in the objective; without it none is. */
  readonly cashPrice?: number;
  /** Limits on whole instruments, and the exact requirement where the stress weight is above 1. */
  readonly whole?: { readonly maxLegs?: number; readonly legFee: number };
}

/** A programme, and where its parts are. */
export interface Relaxation {
  readonly programme: Programme;
  /** By fill: its column, and lots by unit of the column. */
  readonly fills: readonly { readonly column: number; readonly lots: number }[];
  readonly cashColumn: number | undefined;
  /** The choice of each instrument, by its id, where there are such. */
  readonly legs: ReadonlyMap<number, number>;
  readonly rows: RelaxationRows;
}

export interface RelaxationRows {
  readonly limits: readonly number[];
  readonly requirement: number;
  readonly cash: number;
  readonly scenarios: readonly number[];
  readonly greeks: readonly GreekRows[];
}

/** Rows of one underlying: two sides of an absolute value each. */
export interface GreekRows {
  readonly delta: readonly [number, number];
  readonly vega: readonly [number, number];
  readonly gamma: number;
  readonly freeDelta: number;
  readonly freeGamma: number;
  readonly shortGamma: number;
}

type Entries = (readonly [number, number])[];

const usd = (micros: bigint): number => Number(micros) / 1e6;
const share = (ppm: bigint): number => Number(ppm) / 1e6;

/**
 * The requirement as a linear programme in USD: it is a maximum of linear functions of the lots, so that what is only bounded from
 * below is as small as it may be. A stress weight above 1 is taken for 1, which is less than the requirement; `whole` makes it exact.
 */
export function relax(prepared: PreparedTask, ask: Ask): Relaxation {
  const { task, before, vectors } = prepared;
  const { shape, policyElements } = task.table;
  const rules = policyRules(policyElements, shape.underlyings);
  const weight = share(rules.stressWeight);
  const convexWeight = Math.min(weight, 1);
  const settlement = vectors.get(task.settlementId);
  const mark = Number(settlement?.mark ?? 1n);
  const { sums } = before;
  const b = new ProgrammeBuilder();
  const { fills, nets } = fillColumns(b, ask);
  const filled = (of: (segment: Segment) => bigint, factor = 1): Entries =>
    fills.map(({ column, lots, segment }) => [column, factor * usd(of(segment)) * lots] as const);
  const moved = (of: (vector: RiskVector) => bigint, factor = 1): Entries =>
    nets.map(({ column, lots, vector }) => [column, factor * usd(of(vector)) * lots] as const);
  const lane = (key: "delta" | "gamma" | "vega", u: number, factor: number): Entries =>
    moved((vector) => vector[key][u] ?? 0n, factor);
  const legs = ask.whole === undefined ? [] : wholeLegs(b, fills, ask.whole);
  const cashColumn = ask.cashPrice === undefined ? undefined : b.column(ask.cashPrice);
  const paidIn: Entries = cashColumn === undefined ? [] : [[cashColumn, 1]];

  const stress = b.column();
  const required = b.column();
  const base: Entries = [];
  const concentration: Entries = [];
  const greeks = rules.underlyings.map((rule, u): GreekRows => {
    const [delta, gamma, vega] = [sums.delta[u] ?? 0n, sums.gamma[u] ?? 0n, sums.vega[u] ?? 0n].map(usd) as [
      number,
      number,
      number,
    ];
    const [d, v, fd, fg] = [b.column(), b.column(), b.column(), b.column()];
    const g = b.column(ask.objective === "gamma" ? 1 : 0);
    base.push([d, share(rule.deltaMove)], [g, share(rule.gammaMove)], [v, share(rule.vegaMove)]);
    concentration.push([fd, share(rule.concRate)], [fg, share(rule.concRate)]);
    const rows: GreekRows = {
      delta: [
        b.row(delta, [[d, 1], ...lane("delta", u, -1)]),
        b.row(-delta, [[d, 1], ...lane("delta", u, 1)]),
      ],
      vega: [b.row(vega, [[v, 1], ...lane("vega", u, -1)]), b.row(-vega, [[v, 1], ...lane("vega", u, 1)])],
      gamma: b.row(-gamma, [[g, 1], ...lane("gamma", u, 1)]),
      freeDelta: b.row(-usd(rule.freeDelta), [
        [fd, 1],
        [d, -1],
      ]),
      freeGamma: b.row(-usd(rule.freeGamma), [
        [fg, 1],
        [g, -1],
      ]),
      shortGamma: b.row(-(ask.shortGamma[u] ?? 0), [[g, -1]]),
    };
    if (ask.whole !== undefined && weight > 1) {
      exactly(b, d, { start: delta, entries: lane("delta", u, 1) }, "absolute");
      exactly(b, v, { start: vega, entries: lane("vega", u, 1) }, "absolute");
      exactly(b, g, { start: -gamma, entries: lane("gamma", u, -1) }, "positive");
    }
    return rows;
  });
  b.row(0, [[stress, 1], ...scaled(base, -1)]);
  const scenarios = sums.pnl.map((pnl, s) =>
    b.row(-usd(pnl), [[stress, 1], ...moved((vector) => vector.pnl[s] ?? 0n)]),
  );

  const held = b.column();
  const owed = b.column();
  const cashLots = cashOf(prepared);
  const cash = b.row(
    usd(cashLots * (settlement?.mark ?? 0n)),
    [
      [held, 1],
      [owed, -1],
      ...moved(({ mark: worth }) => worth),
      ...filled(({ cost }) => cost),
      ...legs.map(({ column, fee }) => [column, fee] as const),
      ...scaled(paidIn, -1),
    ],
    true,
  );
  const cashCharge = cashLots < 0n ? (settlement?.shortCharge ?? 0n) : (settlement?.longCharge ?? 0n);
  const charges = usd(sums.charges - (cashLots < 0n ? -cashLots : cashLots) * cashCharge);
  const charged: Entries = [
    ...filled(({ charge }) => charge, -1),
    [held, -Number(settlement?.longCharge ?? 0n) / mark],
    [owed, -Number(settlement?.shortCharge ?? 0n) / mark],
    ...scaled(concentration, -1),
  ];
  const requirement = b.row(charges, [
    [required, 1],
    [stress, -convexWeight],
    ...scaled(base, convexWeight - 1),
    ...charged,
  ]);
  if (ask.whole !== undefined && weight > 1) {
    const loss = b.column();
    sums.pnl.forEach((pnl, s) => {
      b.row(-usd(pnl), [[loss, 1], ...moved((vector) => vector.pnl[s] ?? 0n)]);
    });
    b.row(charges, [[required, 1], [loss, -weight], ...scaled(base, weight - 1), ...charged]);
  }
  const paid: Entries = [
    ...filled(({ cost }) => cost, -1),
    ...legs.map(({ column, fee }) => [column, -fee] as const),
  ];
  const limits = ask.limits.map((limit) =>
    b.row(-limit.limit, [
      [required, -limit.requirement],
      ...scaled(paid, limit.cost),
      ...(limit.funded ? paidIn : []),
    ]),
  );
  const rows = { limits, requirement, cash, scenarios, greeks };
  const choices = new Map(legs.map(({ instrumentId, column }) => [instrumentId, column]));
  return { programme: { columns: b.columns, rows: b.rows }, fills, cashColumn, legs: choices, rows };
}

/** A column for what each segment is filled with, and one for the net lots of each instrument, by which risks are counted once. */
function fillColumns(b: ProgrammeBuilder, { fills, objective }: Ask) {
  const byInstrument = new Map<RiskVector, Fill[]>();
  for (const fill of fills)
    byInstrument.set(fill.segment.vector, [...(byInstrument.get(fill.segment.vector) ?? []), fill]);
  const columns = new Map<
    Fill,
    { readonly column: number; readonly lots: number; readonly segment: Segment }
  >();
  const nets = [...byInstrument].map(([vector, own]) => {
    const lanes = [...vector.pnl, ...vector.delta, ...vector.gamma, ...vector.vega].map((x) =>
      Math.abs(usd(x)),
    );
    const size = Math.max(...lanes, 1e-6);
    for (const fill of own) {
      const { segment, from, to } = fill;
      const cost = objective === "cost" ? usd(segment.cost) / size : 0;
      columns.set(fill, { column: b.column(cost, to * size, from * size), lots: 1 / size, segment });
    }
    const reach = (side: bigint): number =>
      own.reduce((sum, { segment, to }) => (segment.side === side ? sum + to * size : sum), 0);
    const net = b.column(0, reach(1n), -reach(-1n));
    b.row(
      0,
      [[net, 1], ...own.map((fill) => [columns.get(fill)?.column ?? 0, -Number(fill.segment.side)] as const)],
      true,
    );
    return { column: net, lots: 1 / size, vector };
  });
  return { fills: fills.flatMap((fill) => columns.get(fill) ?? []), nets };
}

/** The account's lots of the settlement asset. */
function cashOf({ before, task }: PreparedTask): bigint {
  return before.positions.find(({ instrumentId }) => instrumentId === task.settlementId)?.quantity ?? 0n;
}

function scaled(entries: Entries, factor: number): Entries {
  return entries.map(([column, coefficient]) => [column, coefficient * factor] as const);
}

/** A choice for each instrument, whether it is traded at all. */
function wholeLegs(
  b: ProgrammeBuilder,
  fills: readonly { readonly column: number; readonly segment: Segment }[],
  { maxLegs, legFee }: NonNullable<Ask["whole"]>,
): { readonly instrumentId: number; readonly column: number; readonly fee: number }[] {
  const byInstrument = new Map<number, number[]>();
  for (const { column, segment } of fills) {
    const { instrumentId } = segment.vector;
    byInstrument.set(instrumentId, [...(byInstrument.get(instrumentId) ?? []), column]);
  }
  const legs = [...byInstrument].map(([instrumentId, columns]) => {
    const leg = b.binary(legFee);
    for (const column of columns) {
      const { upper = 0 } = b.columns[column] ?? {};
      b.row(0, [
        [leg, upper],
        [column, -1],
      ]);
    }
    return { instrumentId, column: leg, fee: legFee };
  });
  if (maxLegs !== undefined)
    b.row(
      -maxLegs,
      legs.map(({ column }) => [column, -1] as const),
    );
  return legs;
}

/** Makes a column the absolute value or the positive part of something itself, not only a bound of it: a choice of the sign. */
function exactly(
  b: ProgrammeBuilder,
  column: number,
  { start, entries }: { readonly start: number; readonly entries: Entries },
  what: "absolute" | "positive",
): void {
  const reach = entries.reduce((sum, [at, coefficient]) => {
    const { lower = 0, upper = 0 } = b.columns[at] ?? {};
    return sum + Math.abs(coefficient) * Math.max(-lower, upper);
  }, Math.abs(start));
  const negative = b.binary();
  b.row(-start, [[column, -1], ...entries, [negative, 2 * reach]]);
  const other = what === "absolute" ? { start, entries: scaled(entries, -1) } : { start: 0, entries: [] };
  b.row(other.start - 2 * reach, [[column, -1], ...other.entries, [negative, -2 * reach]]);
}
