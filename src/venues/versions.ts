import { createHash } from "node:crypto";
import { BallastError } from "../errors.ts";
import type { PortfolioFile } from "../portfolio/format.ts";
import type { AccountReading } from "./venue.ts";

/** Exclusive bound of versions: databases count in 64 bits with a sign. */
export const VERSION_LIMIT = 1n << 63n;

interface Seen {
  readonly version: bigint;
  readonly asOf: bigint;
  readonly digest: string;
}

/** The last reading of each account of a source: what tells a change from the same again, and an old reading from a new one. Keeps no portfolio. */
export class Versions {
  readonly #seen = new Map<string, Seen>();

  /**
   * Takes a reading whose source gives versions.
   * @throws {BallastError} VERSION_BEHIND when its version is below the last one's, or is the last one's with other content; STALE_READING
   * when it is older than the last one.
   */
  take(reading: AccountReading): AccountReading {
    const { account, version, asOf, portfolio } = reading;
    const digest = digestOf(portfolio);
    const last = this.#seen.get(account);
    if (last !== undefined) {
      if (version < last.version) throw behind(account, "is below the one that was read before");
      if (version === last.version && digest !== last.digest)
        throw behind(account, "was read before with other content");
      if (asOf < last.asOf) throw older(account);
    }
    this.#seen.set(account, { version, asOf, digest });
    return reading;
  }

  /**
   * Takes a reading whose source gives none: the last one where nothing changed, else the moment of the change, or the next number where
   * that isn't above the last.
   * @param moment of the reading, in units that rise with time, e.g. microseconds.
   * @throws {BallastError} STALE_READING as {@link take}.
   */
  number(reading: Omit<AccountReading, "version">, moment: bigint): AccountReading {
    const last = this.#seen.get(reading.account);
    if (last === undefined) return this.take({ ...reading, version: moment });
    const next = moment > last.version ? moment : last.version + 1n;
    const isSame = last.digest === digestOf(reading.portfolio);
    return this.take({ ...reading, version: isSame ? last.version : next });
  }
}

/** The same for the same holdings, in whatever order. */
function digestOf({ account, positions }: PortfolioFile): string {
  const holdings = positions.map(({ instrument, quantity }) => `${instrument} ${quantity}`).sort();
  return createHash("sha256")
    .update(JSON.stringify([account, ...holdings]))
    .digest("hex");
}

function behind(account: string, what: string): BallastError {
  return new BallastError("VERSION_BEHIND", `The version of ${account.slice(0, 60)} ${what}.`, {
    hint: "A version stands for one portfolio, and each change has a higher one. The last reading stays.",
  });
}

function older(account: string): BallastError {
  return new BallastError(
    "STALE_READING",
    `The reading of ${account.slice(0, 60)} is older than the last one.`,
    {
      hint: "It is not taken. Does the source answer from a copy that lags, or has a clock been set back?",
    },
  );
}
