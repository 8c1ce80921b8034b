import { describe, expect, it } from "vitest";
import { BallastError } from "../../../src/errors.ts";
import { combinedVenue } from "../../../src/venues/combined/combined.ts";
import type { AccountReading, DeclaredBy, Report, Venue } from "../../../src/venues/venue.ts";
import { ManualClock } from "../manual-clock.ts";

const NOW = 1_773_428_415_531n;

/** A source that says what a test tells it to. */
class Told implements Venue {
  readonly name: string;
  readonly declaredBy: DeclaredBy;
  #waiting: Report<AccountReading>[] = [];
  #wake: () => void = () => undefined;
  #failure: Error | undefined;
  hasEnded = false;

  constructor(name: string, declaredBy: DeclaredBy = "self") {
    this.name = name;
    this.declaredBy = declaredBy;
  }

  hold(holdings: Readonly<Record<string, string>>, asOf = NOW, account = `at-${this.name}`): void {
    const positions = Object.entries(holdings).map(([instrument, quantity]) => ({ instrument, quantity }));
    const portfolio = { account, positions };
    const { name: venue, declaredBy } = this;
    this.#tell({
      reading: { venue, account, version: 1n, asOf, portfolio, declaredBy, notes: ["a note"], parts: [] },
    });
  }

  refuse(): void {
    const error = new BallastError("VENUE_UNAVAILABLE", "It is gone.");
    this.#tell({ refusal: { venue: this.name, at: NOW, error } });
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  #tell(report: Report<AccountReading>): void {
    this.#waiting.push(report);
    this.#wake();
  }

  async *accounts(signal: AbortSignal): AsyncGenerator<Report<AccountReading>> {
    signal.addEventListener("abort", () => this.#wake());
    try {
      while (!signal.aborted) {
        const next = this.#waiting.shift();
        if (next !== undefined) yield next;
        else if (this.#failure !== undefined) throw this.#failure;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.hasEnded = true;
    }
  }
}

function book(...sources: readonly Told[]) {
  return bookWith({}, ...sources);
}

function bookWith(more: { readonly withParts?: boolean }, ...sources: readonly Told[]) {
  const ending = new AbortController();
  const venue = combinedVenue({
    name: "book",
    account: "desk",
    clock: new ManualClock(NOW),
    ...more,
    sources: sources.map((source) => ({ venue: source, account: `at-${source.name}` })),
  });
  const reports = venue.accounts(ending.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<Report<AccountReading>> => (await reports.next()).value;
  const read = async (): Promise<AccountReading> => {
    const report = await next();
    if ("reading" in report) return report.reading;
    throw report.refusal.error;
  };
  return { next, read, ending, reports };
}

describe("an account at several venues", () => {
  const CALL = "BTC-27MAR26-86000-C";

  it("is the sum of what each holds, each part beside it, as of the oldest", async () => {
    const [one, two] = [new Told("one"), new Told("two", "venue")];
    one.hold({ BTC: "1.5", [CALL]: "-10" }, NOW);
    two.hold({ USDC: "0.1", [CALL]: "10", BTC: "-0.5001" }, NOW - 60_000n);
    const { read } = book(one, two);
    const reading = await read();
    expect(reading).toMatchObject({
      venue: "book",
      account: "desk",
      asOf: NOW - 60_000n,
      version: NOW * 1000n,
      declaredBy: "self",
      portfolio: {
        account: "desk",
        positions: [
          { instrument: "BTC", quantity: "0.9999" },
          { instrument: "USDC", quantity: "0.1" },
        ],
      },
    });
    // What nets to nothing in the sum is held by either.
    expect(reading.parts.map(({ venue, portfolio }) => [venue, portfolio.positions.length])).toEqual([
      ["one", 2],
      ["two", 3],
    ]);
    expect(reading.notes).toEqual([expect.stringContaining("no cash moves"), "one: a note", "two: a note"]);
  });

  it("has a new version when any part changes, and the old one when none does", async () => {
    const [one, two] = [new Told("one"), new Told("two")];
    one.hold({ BTC: "1" });
    two.hold({ ETH: "1" });
    const { read } = book(one, two);
    const first = await read();
    two.hold({ ETH: "1" }, NOW + 1n);
    expect((await read()).version).toBe(first.version);
    one.hold({ BTC: "2" }, NOW + 1n);
    const second = await read();
    expect(second.version).toBe(NOW * 1000n + 1000n);
    two.hold({ ETH: "2" }, NOW + 1n); // in the same millisecond
    expect((await read()).version).toBe(second.version + 1n);
  });

  it("is refused while a part is, and is told by no part's last reading in its place", async () => {
    const [one, two] = [new Told("one"), new Told("two")];
    one.hold({ BTC: "1" });
    two.hold({ ETH: "1" });
    const { read, next } = book(one, two);
    await read();
    two.refuse();
    expect(await next()).toMatchObject({ refusal: { venue: "two", account: "desk" } });
    one.hold({ BTC: "2" }); // alone it makes no reading
    const back = read();
    two.hold({ ETH: "3" });
    expect((await back).portfolio.positions).toEqual([
      { instrument: "BTC", quantity: "2" },
      { instrument: "ETH", quantity: "3" },
    ]);
  });

  it("is refused when its parts are of moments too far apart", async () => {
    const [one, two] = [new Told("one"), new Told("two")];
    one.hold({ BTC: "1" }, NOW);
    two.hold({ ETH: "1" }, NOW - 120_001n);
    const { next } = book(one, two);
    expect(await next()).toMatchObject({ refusal: { account: "desk", error: { code: "READINGS_APART" } } });
  });

  it("has each part told as an account of its own beside it, where that is asked for", async () => {
    const [one, two] = [new Told("one"), new Told("two")];
    one.hold({ BTC: "1" });
    two.hold({ ETH: "1" });
    const { read, next } = bookWith({ withParts: true }, one, two);
    const told = [await read(), await read(), await read()].map(
      ({ venue, account }) => `${account} of ${venue}`,
    );
    expect(told).toEqual(["at-one of one", "at-two of two", "desk of book"]);
    two.refuse();
    expect(await next()).toMatchObject({ refusal: { venue: "two" } });
    expect(await next()).toMatchObject({ refusal: { venue: "two", account: "desk" } });
  });

  it("passes over other accounts of a source", async () => {
    const [one, two] = [new Told("one"), new Told("two")];
    one.hold({ BTC: "1" });
    two.hold({ SOL: "7" }, NOW, "somebody");
    const { read } = book(one, two);
    const first = read();
    two.hold({ ETH: "1" });
    expect((await first).portfolio.positions).toHaveLength(2);
  });

  it("ends all sources with the first that fails for good, and when it is told to", async () => {
    const [one, two] = [new Told("one"), new Told("two")];
    const { reports } = book(one, two);
    one.fail(new BallastError("VENUE_REFUSED", "The key is wrong."));
    await expect(reports.next()).rejects.toMatchObject({ code: "VENUE_REFUSED" });
    expect([one.hasEnded, two.hasEnded]).toEqual([true, true]);
    const [three, four] = [new Told("three"), new Told("four")];
    const { ending, reports: others } = book(three, four);
    const last = others.next();
    ending.abort();
    expect(await last).toEqual({ done: true, value: undefined });
    expect([three.hasEnded, four.hasEnded]).toEqual([true, true]);
  });
});
