import type { BallastError } from "../errors.ts";
import type { MarketChain } from "../market/chain.ts";
import type { PortfolioFile } from "../portfolio/format.ts";

/**
 * Who answers for what a reading says. `venue`: the one at whom the account is held, of its own customers. `self`: the account's own
 * holder. Nothing shows then that the book is complete, or the exchange's: whatever shows such an account says so with {@link declaration}.
 */
export type DeclaredBy = "venue" | "self";

/** What one source holds of an account that several make. */
export interface AccountPart {
  /** The source's name. */
  readonly venue: string;
  /** Unix milliseconds. */
  readonly asOf: bigint;
  readonly portfolio: PortfolioFile;
}

/** What an account held at a moment. Secret. */
export interface AccountReading {
  /** The source's name. */
  readonly venue: string;
  readonly account: string;
  /**
   * Below 2^63. It rises when the portfolio changes, and stays where it didn't: a later reading of the same version says that the
   * account still holds the same.
   */
  readonly version: bigint;
  /** The moment at which it was true, by the venue's clock where that has one; Unix milliseconds. */
  readonly asOf: bigint;
  /** In whole lots; `portfolioParser` turns it into the rows of a snapshot. */
  readonly portfolio: PortfolioFile;
  readonly declaredBy: DeclaredBy;
  /** What was left out, cut to lots, or not known, for people; no amounts. */
  readonly notes: readonly string[];
  /**
   * An account of several sources: what each of them holds. The portfolio is their sum, and its margin nets across venues, between which
   * no cash can be moved in a crash: so each part is to be evaluated by itself too. Empty for an account of one source.
   */
  readonly parts: readonly AccountPart[];
}

/** A market at a moment, which is the chain's time. */
export interface MarketReading {
  /** The source's name. */
  readonly venue: string;
  readonly chain: MarketChain;
}

/** A reading that can't be trusted, or that there isn't. Nothing is guessed in its place: the last one stays what it was, and grows old. */
export interface Refusal {
  /** The source's name. */
  readonly venue: string;
  /** Undefined where the trouble is the whole source's. */
  readonly account?: string;
  /** When, Unix milliseconds by the own clock. */
  readonly at: bigint;
  readonly error: BallastError;
}

/** What a source reports: a reading, or why there is none. */
export type Report<Reading> = { readonly reading: Reading } | { readonly refusal: Refusal };

/** Where accounts are read live. */
export interface Venue {
  /** As the configuration names it; stands in readings, messages and logs. */
  readonly name: string;
  /**
   * Each account once, then each change of one, and from time to time that nothing changed. Ends where the source does (a file that was read
   * once) and, without an error, where the signal is aborted. One reader at a time.
   *
   * Trouble that may pass (a connection, a rate limit, one account's file) is reported as a refusal, and reading goes on.
   * @throws {BallastError} for what no waiting mends: VENUE_REFUSED, INVALID_INPUT for settings.
   */
  readonly accounts: (signal: AbortSignal) => AsyncIterable<Report<AccountReading>>;
}

/** Where a market is read live. */
export interface MarketSource {
  readonly name: string;
  /** A chain now, and one whenever it was asked for again; ends and throws as {@link Venue} does. */
  readonly markets: (signal: AbortSignal) => AsyncIterable<Report<MarketReading>>;
}

/** What stands beside an account wherever it is shown, e.g. `self-declared, as of 2026-03-13T19:00:15Z`. */
export function declaration({ declaredBy, asOf }: Pick<AccountReading, "declaredBy" | "asOf">): string {
  const moment = new Date(Number(asOf)).toISOString().replace(".000Z", "Z");
  return `${declaredBy === "self" ? "self-declared" : "declared by its venue"}, as of ${moment}`;
}
