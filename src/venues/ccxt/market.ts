import type { Clock } from "../../clock.ts";
import { given } from "../../given.ts";
import type { VolatilityUnit } from "../../market/convert/ccxt.ts";
import { convertChain } from "../../market/convert/convert.ts";
import type { LotLookup } from "../../market/lots.ts";
import { follow } from "../rpc/follow.ts";
import type { MarketSource } from "../venue.ts";
import { asked, type CcxtExchange } from "./exchange.ts";

export interface CcxtMarketOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Milliseconds between two readings. */
  readonly interval: number;
  readonly random: () => number;
  readonly open: () => Promise<CcxtExchange>;
  /** Whose option chains are read: `BTC`, `ETH`. */
  readonly currencies: readonly string[];
  /** Futures and perpetuals beside them, by ccxt's symbols; default: none is asked for. */
  readonly symbols?: readonly string[];
  readonly underlyings?: readonly string[];
  readonly lots?: LotLookup;
  readonly asUsdc?: readonly string[];
  /** Of `impliedVolatility`, where the exchange's own answer isn't kept beside it. */
  readonly volatilityUnit?: VolatilityUnit;
  /** How old a chain may be, milliseconds. Default: a minute. */
  readonly maxAge?: bigint;
}

const MAX_AGE = 60_000n;

/** The option chains of an exchange of ccxt's, and what futures are named. */
export function ccxtMarketSource(options: CcxtMarketOptions): MarketSource {
  const { name, clock, interval, random, open, currencies, symbols = [], maxAge = MAX_AGE } = options;
  const { underlyings, lots, asUsdc, volatilityUnit } = options;
  return {
    name,
    markets: (signal) => {
      const connect = async () => {
        const exchange = await open();
        return {
          read: async () => {
            const answers: unknown[] = [];
            for (const code of currencies)
              answers.push(await asked(exchange, () => exchange.fetchOptionChain(code)));
            if (symbols.length > 0) answers.push(await asked(exchange, () => exchange.fetchTickers(symbols)));
            const chain = convertChain(answers, {
              from: "ccxt",
              source: `ccxt ${exchange.id}`,
              now: clock.now(),
              maxAge,
              ...given({ underlyings, lots, asUsdc, volatilityUnit }),
            });
            return { venue: name, chain };
          },
          changed: () => clock.sleep(interval, signal),
          close: () => undefined,
        };
      };
      return follow({ name, clock, random }, connect, signal);
    },
  };
}
