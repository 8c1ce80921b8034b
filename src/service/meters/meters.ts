import { read, type Sql } from "../store/database.ts";

/** What is timed. */
export const STEPS = ["witness", "prove", "verify", "prove in all", "send", "evaluate"] as const;
export type Step = (typeof STEPS)[number];

/** What is counted. */
export const COUNTERS = ["evaluated accounts", "warnings", "requests"] as const;
export type Counter = (typeof COUNTERS)[number];

/** Upper bounds of durations, seconds; what is longer is in the last. */
export const BOUNDS: readonly number[] = [
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
  120,
  300,
  600,
  1_800,
  Number.POSITIVE_INFINITY,
];

export interface Timing {
  readonly step: Step;
  /** The circuit's name, or nothing. */
  readonly label: string;
  readonly seconds: number;
}

export interface Count {
  readonly counter: Counter;
  /** Public. */
  readonly label: string;
  readonly by: number;
}

/** So many of a name and label, below a bound where it is a duration. */
export interface Meter {
  readonly name: string;
  readonly label: string;
  readonly bound: number;
  readonly times: number;
  /** Seconds of all of them, where it is a duration. */
  readonly total: number;
}

/** What only rises, of all processes together: in the database, for a worker has no address that it could be asked at. */
export class Meters {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  time(timings: readonly Timing[]): Promise<void> {
    const boundOf = (seconds: number): number => BOUNDS.find((bound) => seconds <= bound) ?? Infinity;
    return this.#add(
      timings.map(({ step, label, seconds }) => ({
        ...{ name: step, label, bound: boundOf(seconds), times: 1, total: seconds },
      })),
    );
  }

  count(counts: readonly Count[]): Promise<void> {
    return this.#add(
      counts.map(({ counter, label, by }) => ({
        name: counter,
        label,
        bound: Infinity,
        times: by,
        total: 0,
      })),
    );
  }

  async all(): Promise<readonly Meter[]> {
    const rows = await this.#sql.query("select * from ballast.meters order by name, label, bound");
    return rows.map((row) => ({
      name: read.text(row, "name"),
      label: read.text(row, "label"),
      bound: read.number(row, "bound"),
      times: read.number(row, "times"),
      total: read.number(row, "total"),
    }));
  }

  /** In one order always: two that add the same rows at once would else wait for each other. */
  async #add(meters: readonly Meter[]): Promise<void> {
    if (meters.length === 0) return;
    const column = (of: (meter: Meter) => string | number): string[] => meters.map((one) => String(of(one)));
    await this.#sql.query(
      `insert into ballast.meters (name, label, bound, times, total)
      select name, label, bound, sum(times), sum(total)
      from unnest($1::text[], $2::text[], $3::float8[], $4::bigint[], $5::float8[]) as t (name, label, bound, times, total)
      group by name, label, bound order by name, label, bound
      on conflict (name, label, bound) do update set times = meters.times + excluded.times, total = meters.total + excluded.total`,
      [
        column(({ name }) => name),
        column(({ label }) => label),
        column(({ bound }) => bound),
        column(({ times }) => times),
        column(({ total }) => total),
      ],
    );
  }
}

/** Counts of this process that wait to be stored. */
export class Tally {
  readonly #counts = new Map<string, Count>();

  add(counter: Counter, label: string): void {
    const key = `${counter} ${label}`;
    this.#counts.set(key, { counter, label, by: (this.#counts.get(key)?.by ?? 0) + 1 });
  }

  /** Stores what was counted; what the database doesn't take is stored the next time. @throws {BallastError} STORE_ERROR. */
  async store(sql: Sql): Promise<void> {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    try {
      await new Meters(sql).count(counts);
    } catch (error) {
      for (const { counter, label, by } of counts) for (let n = 0; n < by; n++) this.add(counter, label);
      throw error;
    }
  }
}
