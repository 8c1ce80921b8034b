import { systemClock } from "../clock.ts";
import { BallastError } from "../errors.ts";
import { given } from "../given.ts";
import { deribitAccountVenue } from "./deribit/account.ts";
import { loadDeribitKey } from "./deribit/credentials.ts";
import { type DeribitMarketOptions, deribitMarketSource } from "./deribit/market.ts";
import { DERIBIT_LIMIT } from "./deribit/options.ts";
import { DERIVE_LIMIT, deriveAccountVenue } from "./derive/account.ts";
import { loadDeriveKey } from "./derive/credentials.ts";
import { firstReading } from "./first.ts";
import type { LotSettings } from "./reading.ts";
import { RateLimit } from "./rpc/rate.ts";
import type { AccountReading, MarketReading, Venue } from "./venue.ts";

/** Exchanges whose accounts are read natively. */
export type Exchange = "deribit" | "derive";

export interface PullAccountOptions extends LotSettings {
  readonly exchange: Exchange;
  readonly network: "main" | "test";
  /** Default: the network's own address. */
  readonly url?: string;
  readonly keyFile: string;
  /** What the account is called in Ballast. */
  readonly account: string;
  /** The exchange's number of a subaccount; Derive's have no other name. */
  readonly subaccount?: number;
}

export type PullMarketOptions = Pick<
  DeribitMarketOptions,
  "network" | "url" | "currencies" | "underlyings" | "lots"
>;

/** A source that is read once is neither read again nor tried again. */
const ONCE = { clock: systemClock, interval: 60_000, random: Math.random };

/** An account at an exchange, as it is now. @throws {BallastError} as the exchange's venue. */
export function pullAccount(options: PullAccountOptions): Promise<AccountReading> {
  return firstReading(venueOf(options).accounts(new AbortController().signal));
}

/** Deribit's market, as it is now. @throws {BallastError} as its source. */
export function pullMarket(options: PullMarketOptions): Promise<MarketReading> {
  const limit = new RateLimit(systemClock, DERIBIT_LIMIT);
  const source = deribitMarketSource({ ...ONCE, name: "deribit", limit, ...options });
  return firstReading(source.markets(new AbortController().signal));
}

function venueOf({ exchange, keyFile, subaccount, ...options }: PullAccountOptions): Venue {
  const common = { ...ONCE, name: exchange, ...options };
  if (exchange === "deribit") {
    const limit = new RateLimit(systemClock, DERIBIT_LIMIT);
    const credentials = loadDeribitKey(keyFile);
    return deribitAccountVenue({ ...common, limit, credentials, ...given({ subaccount }) });
  }
  if (subaccount === undefined) {
    throw new BallastError("INVALID_INPUT", "Which of Derive's subaccounts is not said.", {
      hint: "Give its number.",
      inputs: ["account.subaccount"],
    });
  }
  const limit = new RateLimit(systemClock, DERIVE_LIMIT);
  return deriveAccountVenue({ ...common, limit, credentials: loadDeriveKey(keyFile), subaccount });
}
