import type { Clock } from "../../clock.ts";
import { given } from "../../given.ts";
import type { RateLimit } from "../rpc/rate.ts";
import { MAX_SKEW } from "../skew.ts";
import type { Network, SessionOptions } from "./session.ts";

/** What an account and a market of Deribit's have in common. */
export interface DeribitOptions {
  readonly name: string;
  readonly network: Network;
  /** Default: the network's own address. */
  readonly url?: string;
  readonly clock: Clock;
  /** Of all that asks Deribit with one key, or from one address. */
  readonly limit: RateLimit;
  /** Milliseconds after which it is read again, whatever was told meanwhile. */
  readonly interval: number;
  /** How far apart Deribit's clock and the own one may be, milliseconds. Default: 10 seconds. */
  readonly maxSkew?: bigint;
  /** In [0, 1), for the time between two tries. */
  readonly random: () => number;
}

/** Deribit lets twenty in a second through, after a hundred at once (docs.deribit.com, rate limits): a quarter of it is asked for. */
export const DERIBIT_LIMIT = { perSecond: 5, burst: 25 } as const;

export function sessionOptions(options: DeribitOptions): Omit<SessionOptions, "credentials" | "onEvent"> {
  const { network, url, clock, limit, maxSkew = MAX_SKEW } = options;
  return { network, clock, limit, maxSkew, ...given({ url }) };
}
