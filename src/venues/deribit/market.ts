import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { convertChain } from "../../market/convert/convert.ts";
import { isObject, textOf, type WireRecord } from "../../market/convert/wire.ts";
import type { LotLookup } from "../../market/lots.ts";
import { follow, type Live } from "../rpc/follow.ts";
import type { MarketReading, MarketSource } from "../venue.ts";
import { type DeribitOptions, sessionOptions } from "./options.ts";
import { Session } from "./session.ts";

export interface DeribitMarketOptions extends DeribitOptions {
  /** Of Deribit's books: `BTC`, `ETH`; `USDC` has what is linear. */
  readonly currencies: readonly string[];
  /** Quotes on others are left out, and listed. Default: none is. */
  readonly underlyings?: readonly string[];
  /** Lots that go before Deribit's. */
  readonly lots?: LotLookup;
  /** How old a chain may be, milliseconds. Default: a minute. */
  readonly maxAge?: bigint;
}

const MAX_AGE = 60_000n;
/** How long a list of instruments is good for, milliseconds, unless a summary tells of one that it lacks. */
const LISTED = 600_000n;

/** Deribit's market: all options, futures and perpetuals of some currencies, from book summaries and the list of instruments. */
export function deribitMarketSource(options: DeribitMarketOptions): MarketSource {
  const { name, clock, random } = options;
  return {
    name,
    markets: (signal) => follow({ name, clock, random }, async (ending) => connect(options, ending), signal),
  };
}

async function connect(options: DeribitMarketOptions, signal: AbortSignal): Promise<Live<MarketReading>> {
  const { name, clock, currencies, interval, underlyings, lots, maxAge = MAX_AGE } = options;
  const session = await Session.open(sessionOptions(options), signal);
  const listed = new Map<string, { readonly records: readonly WireRecord[]; readonly at: bigint }>();
  const instruments = async (currency: string, summaries: readonly WireRecord[]) => {
    const known = listed.get(currency);
    if (known !== undefined && clock.now() - known.at < LISTED && hasAll(known.records, summaries))
      return known.records;
    const { result } = await session.ask("public/get_instruments", { currency, expired: false });
    const records = listIn(result, "instruments");
    listed.set(currency, { records, at: clock.now() });
    return records;
  };
  return {
    read: async () => {
      const answers = await Promise.all(
        currencies.map(async (currency) => {
          const { result } = await session.ask("public/get_book_summary_by_currency", { currency });
          const summaries = listIn(result, "book summaries");
          return [await instruments(currency, summaries), summaries];
        }),
      );
      const chain = convertChain(answers.flat(), {
        from: "deribit",
        source: `deribit ${options.network}`,
        now: clock.now(),
        maxAge,
        ...given({ underlyings, lots }),
      });
      return { venue: name, chain };
    },
    changed: () => clock.sleep(interval, session.ended),
    close: () => session.close(),
  };
}

function hasAll(instruments: readonly WireRecord[], summaries: readonly WireRecord[]): boolean {
  const names = new Set(instruments.map((record) => record["instrument_name"]));
  return summaries.every((record) => names.has(record["instrument_name"]));
}

/** @throws {BallastError} INVALID_ANSWER for another form. */
function listIn(result: unknown, what: string): readonly WireRecord[] {
  const isNamed = (entry: unknown) => isObject(entry) && textOf(entry["instrument_name"]) !== undefined;
  if (Array.isArray(result) && result.every(isNamed)) return result;
  throw new BallastError("INVALID_ANSWER", `Deribit's ${what} are of a form that isn't known.`, {
    hint: "The connection is made anew.",
  });
}
