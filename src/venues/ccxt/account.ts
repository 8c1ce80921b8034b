import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { timeOf } from "../../market/convert/wire.ts";
import type { VenueAccount } from "../../portfolio/convert/account.ts";
import { convertAccount } from "../../portfolio/convert/convert.ts";
import { type LotSettings, selfReading } from "../reading.ts";
import { followedAccount } from "../rpc/account.ts";
import { MAX_SKEW, requireSameTime } from "../skew.ts";
import type { Venue } from "../venue.ts";
import { asked, type CcxtExchange } from "./exchange.ts";

export interface CcxtAccountOptions extends LotSettings {
  readonly name: string;
  readonly clock: Clock;
  /** Milliseconds between two readings: ccxt is asked, and tells nothing by itself. */
  readonly interval: number;
  readonly maxSkew?: bigint;
  readonly random: () => number;
  /** What the account is called in Ballast. */
  readonly account: string;
  readonly open: () => Promise<CcxtExchange>;
  /** Currencies that stand for USDC. */
  readonly asUsdc?: readonly string[];
  /**
   * With what `fetchPositions` is asked, once for each; default: once, with nothing. Many exchanges tell of one kind of contract at a time:
   * `[{ type: "swap" }, { type: "option" }]`, as ccxt's page of the exchange has it.
   */
  readonly queries?: readonly Readonly<Record<string, unknown>>[];
  /**
   * That the queries give all positions, and that the exchange's total of a currency has no options' value in it, and has the gains of futures to date. Nobody knows it of all exchanges:
   * without this, only accounts whose own answer says it are read.
   */
  readonly trustTotals?: boolean;
}

const MICROS = 1000n;
/** Exchanges whose own answer is read in place of ccxt's total. */
const OWN_ANSWERS: readonly string[] = ["deribit"];

/** An account at any exchange of ccxt's. Positions are asked for twice, around the balances, and must be the same. */
export function ccxtAccountVenue(options: CcxtAccountOptions): Venue {
  const { clock, interval, open } = options;
  return followedAccount(options, async (versions, ending) => {
    const exchange = await open();
    requireKnownTotals(exchange, options);
    return {
      read: async () => {
        const asOf = await timeAt(exchange, options);
        const held = await heldBy(exchange, options);
        return versions.number(selfReading(options, held, asOf, options), asOf * MICROS);
      },
      changed: () => clock.sleep(interval, ending),
      close: () => undefined,
    };
  });
}

/** The moment that a reading is of, or before it: the exchange's where it says. @throws {BallastError} CLOCK_SKEWED. */
async function timeAt(
  exchange: CcxtExchange,
  { clock, maxSkew = MAX_SKEW }: CcxtAccountOptions,
): Promise<bigint> {
  if (exchange.has["fetchTime"] !== true) return clock.now();
  const time = timeOf(await asked(exchange, () => exchange.fetchTime()));
  if (time === undefined) throw new BallastError("INVALID_ANSWER", `${exchange.id} doesn't say when.`);
  requireSameTime(exchange.id, time, clock.now(), maxSkew);
  return time;
}

/** @throws {BallastError} READINGS_APART; as `asked` and `convertAccount`. */
async function heldBy(
  exchange: CcxtExchange,
  { asUsdc, queries = [{}] }: CcxtAccountOptions,
): Promise<VenueAccount> {
  const positions = async (): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (const params of queries)
      answers.push(await asked(exchange, () => exchange.fetchPositions(undefined, params)));
    return answers;
  };
  const before = await positions();
  const balance = await asked(exchange, () => exchange.fetchBalance());
  const after = await positions();
  const convert = (answers: readonly unknown[]) =>
    convertAccount([...answers, balance], { from: "ccxt", ...given({ asUsdc }) });
  const [held, again] = [convert(before), convert(after)];
  if (sizes(held) === sizes(again)) return held;
  throw new BallastError("READINGS_APART", "Positions changed while the balances were read.", {
    hint: "They are read again at the interval.",
  });
}

function sizes({ positions }: VenueAccount): string {
  return positions
    .map(({ instrument, amount }) => `${instrument} ${amount.value}`)
    .sort()
    .join();
}

function requireKnownTotals({ id }: CcxtExchange, { trustTotals }: CcxtAccountOptions): void {
  if (trustTotals === true || OWN_ANSWERS.includes(id)) return;
  throw new BallastError("INVALID_INPUT", `Nobody knows what ${id} tells of an account by ccxt.`, {
    hint: "See in its documents which queries give all positions, and that totals have no options' value in them and have the gains of futures; then say so (trustTotals).",
  });
}
