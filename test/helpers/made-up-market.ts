import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";
import { at } from "./r1cs.ts";
import { Random } from "./synthetic.ts";

/**
 * Chains that nobody recorded, in the files, columns and oddities of those that were: three days through a crash, some nine
 * hundred options of BTC and ETH a chain, blank and one-sided quotes, listed and synthetic forwards, columns that were asked for later.
 * Made by a seed. Prices are Black-76 in doubles, and share no code with src/.
 */
export interface Moment {
  /** As in file names: `20270304T212937` in UTC. */
  readonly stamp: string;
  /** Index prices, USD. */
  readonly BTC: number;
  readonly ETH: number;
  /** At-the-money volatility of a year, a fraction, and how much of itself more a day has. */
  readonly volatility: number;
  readonly spike: number;
}

/** Four a day; a fall of 13 % between the evenings of 3 and 4 March, and half of it back a day later. */
export const MOMENTS: readonly Moment[] = [
  { stamp: "20270302T213503", BTC: 76_980, ETH: 2_262, volatility: 0.47, spike: 0.25 },
  { stamp: "20270303T042403", BTC: 76_310, ETH: 2_240, volatility: 0.47, spike: 0.28 },
  { stamp: "20270303T093620", BTC: 75_640, ETH: 2_215, volatility: 0.475, spike: 0.3 },
  { stamp: "20270303T155401", BTC: 74_020, ETH: 2_171, volatility: 0.48, spike: 0.35 },
  { stamp: "20270303T213308", BTC: 73_240, ETH: 2_144, volatility: 0.48, spike: 0.4 },
  { stamp: "20270304T042952", BTC: 71_510, ETH: 2_098, volatility: 0.49, spike: 0.55 },
  { stamp: "20270304T093647", BTC: 70_930, ETH: 2_085, volatility: 0.495, spike: 0.65 },
  { stamp: "20270304T155132", BTC: 67_940, ETH: 1_996, volatility: 0.53, spike: 1.1 },
  { stamp: "20270304T212937", BTC: 63_720, ETH: 1_871, volatility: 0.58, spike: 1.7 },
  { stamp: "20270305T043012", BTC: 65_080, ETH: 1_905, volatility: 0.56, spike: 1.4 },
  { stamp: "20270305T093516", BTC: 66_350, ETH: 1_938, volatility: 0.55, spike: 1.2 },
  { stamp: "20270305T155121", BTC: 67_410, ETH: 1_967, volatility: 0.53, spike: 1 },
  { stamp: "20270305T213057", BTC: 68_270, ETH: 1_994, volatility: 0.52, spike: 0.85 },
];

/** The evening of the crash and the one before it. */
export const CRASH = "20270304T212937";
export const DAY_BEFORE = "20270303T213308";

interface Listing {
  /** 08:00 UTC of this day, `yyyy-mm-dd`, and the venue's spelling of it. */
  readonly day: string;
  readonly term: string;
  /** Whether a future is listed, or the forward is the venue's own. */
  readonly listed: boolean;
  /** In thousands of BTC: lowest strike, highest, step. */
  readonly strikes: readonly [low: number, high: number, step: number];
}

const LISTINGS: readonly Listing[] = [
  { day: "2027-03-03", term: "3MAR27", listed: false, strikes: [70, 84, 1] },
  { day: "2027-03-04", term: "4MAR27", listed: false, strikes: [62, 83, 1] },
  { day: "2027-03-05", term: "5MAR27", listed: true, strikes: [56, 88, 1] },
  { day: "2027-03-06", term: "6MAR27", listed: false, strikes: [56, 84, 1] },
  { day: "2027-03-07", term: "7MAR27", listed: false, strikes: [56, 82, 1] },
  { day: "2027-03-12", term: "12MAR27", listed: true, strikes: [48, 96, 1] },
  { day: "2027-03-19", term: "19MAR27", listed: false, strikes: [46, 100, 2] },
  { day: "2027-03-26", term: "26MAR27", listed: true, strikes: [20, 130, 2] },
  { day: "2027-04-30", term: "30APR27", listed: true, strikes: [30, 130, 5] },
  { day: "2027-05-28", term: "28MAY27", listed: false, strikes: [30, 140, 5] },
  { day: "2027-06-25", term: "25JUN27", listed: true, strikes: [20, 180, 5] },
  { day: "2027-09-24", term: "24SEP27", listed: true, strikes: [20, 200, 10] },
  { day: "2027-12-31", term: "31DEC27", listed: true, strikes: [20, 240, 10] },
];
/** What a thousand dollars of a BTC strike is in ETH. */
const ETH_STEP = 30;
const DAY_MS = 86_400_000;
const COLUMNS =
  "timestamp,instrument_name,underlying,underlying_name,option_type,strike,expiry_datetime,time_to_maturity,bid_price,ask_price," +
  "mark_price,mid_price,futures_price,futures_instrument_name,implied_volatility,delta,vega,open_interest,volume,bid_ask_spread," +
  "currency,index_price,volume_usd";

/** Name of a moment's file. */
export function chainFile(stamp: string): string {
  return `deribit_options_snapshot_${stamp}Z.csv.gz`;
}

/** Name of the file with the perpetuals' prices of all moments. */
export const PERPETUALS_FILE = "perpetual_futures_prices.csv.gz";

/**
 * Writes the files of some moments, and the prices of the perpetuals, into a temporary folder that goes when the tests of this
 * file have run. Default: all moments.
 * @returns the folder.
 */
export function useMadeUpMarket(stamps: readonly string[] = MOMENTS.map(({ stamp }) => stamp)): string {
  const folder = mkdtempSync(join(tmpdir(), "ballast-market-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const moments = MOMENTS.filter(({ stamp }) => stamps.includes(stamp));
  for (const moment of moments) {
    writeFileSync(join(folder, chainFile(moment.stamp)), gzipSync(chainCsv(moment)));
  }
  writeFileSync(join(folder, PERPETUALS_FILE), gzipSync(perpetualsCsv(moments)));
  return folder;
}

/** The CSV of one moment's chain. */
export function chainCsv(moment: Moment): string {
  const random = new Random(`chain ${moment.stamp}`);
  const lines = (["BTC", "ETH"] as const).flatMap((coin) =>
    LISTINGS.flatMap((listing) => rowsOf(coin, listing, moment, random)),
  );
  for (let i = lines.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [lines[i], lines[j]] = [at(lines, j), at(lines, i)];
  }
  return `${[COLUMNS, ...lines].join("\n")}\n`;
}

/** The CSV of the perpetuals' prices: a minute's candle each, a little off the index. */
export function perpetualsCsv(moments: readonly Moment[]): string {
  const head = "snapshot_file,snapshot_timestamp_ms,coin,accepted_under_max_gap,candle_price_used";
  const lines = moments.flatMap((moment) => {
    const random = new Random(`perpetuals ${moment.stamp}`);
    return (["BTC", "ETH"] as const).map((coin) => {
      const price = moment[coin] * (1 + (random.below(600) - 300) / 100_000);
      return [
        chainFile(moment.stamp),
        timeOf(moment),
        coin,
        "True",
        price.toFixed(coin === "BTC" ? 1 : 2),
      ].join(",");
    });
  });
  return `${[head, ...lines].join("\n")}\n`;
}

/** Unix milliseconds of a moment. */
export function timeOf({ stamp }: Moment): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.885Z`);
}

function rowsOf(coin: "BTC" | "ETH", listing: Listing, moment: Moment, random: Random): string[] {
  const now = timeOf(moment);
  const days = (Date.parse(`${listing.day}T08:00:00Z`) - now) / DAY_MS;
  // Days are listed four days ahead; the few strikes that come and go are those of one moment.
  if (days <= 0 || (!listing.listed && days > 4 && /^2027-03-0/.test(listing.day))) return [];
  const years = days / 365;
  const forward = cents(moment[coin] * (1 + 0.05 * years));
  const atm = moment.volatility * (coin === "ETH" ? 1.3 : 1) * (1 + moment.spike * Math.exp(-days / 10));
  const [low, high, step] = listing.strikes;
  const lines: string[] = [];
  for (let thousands = low; thousands <= high; thousands += step) {
    if (random.below(250) === 0) continue;
    const strike = coin === "BTC" ? thousands * 1000 : thousands * ETH_STEP;
    const volatility = smile(atm, years, Math.log(strike / forward));
    for (const right of ["call", "put"] as const) {
      lines.push(row({ coin, listing, moment, random, years, forward, strike, volatility, right }));
    }
  }
  return lines;
}

interface Terms {
  readonly coin: "BTC" | "ETH";
  readonly listing: Listing;
  readonly moment: Moment;
  readonly random: Random;
  readonly years: number;
  readonly forward: number;
  readonly strike: number;
  readonly volatility: number;
  readonly right: "call" | "put";
}

function row({ coin, listing, moment, random, years, forward, strike, volatility, right }: Terms): string {
  const { price, delta, vega } = black(forward, strike, volatility, years, right);
  const mark = price / forward;
  const future = `${listing.listed ? "" : "SYN."}${coin}-${listing.term}`;
  // Asked for up to minutes later, in a market that moves: nothing may be derived from these.
  const later = moment[coin] * (1 + (random.below(800) - 400) / 100_000);
  const tick = mark < 0.005 ? 0.0001 : 0.0005;
  const width = tick * (1 + random.below(6));
  const bid = Math.floor((mark - width / 2) / tick) * tick;
  const ask = Math.ceil((mark + width / 2) / tick) * tick;
  const quoted = random.below(3);
  const bidText = quoted === 0 || bid < tick ? "" : String(bid);
  const askText = quoted < 2 || mark < 1 ? String(ask) : "";
  const both = bidText !== "" && askText !== "";
  const nearness = Math.exp(-((Math.log(strike / forward) / 0.25) ** 2));
  const interest = (coin === "BTC" ? 400 : 15_000) * nearness * (random.below(1_000) / 1_000);
  return [
    new Date(timeOf(moment)).toISOString().replace("Z", "165+00:00"),
    `${coin}-${listing.term}-${strike}-${right === "call" ? "C" : "P"}`,
    forward,
    future,
    right,
    strike.toFixed(1),
    `${listing.day}T08:00:00+00:00`,
    (years * 365) / 365.25,
    bidText,
    askText,
    mark.toFixed(mark < 0.01 ? 8 : 6),
    both ? (bid + ask) / 2 : "",
    forward,
    future,
    // A percentage of two decimals, divided: 0.6765000000000001 is how a double says it.
    Number((volatility * 100).toFixed(2)) / 100,
    (delta + (random.below(200) - 100) / 10_000).toFixed(5),
    (vega * 1.02).toFixed(5),
    interest.toFixed(1),
    (interest / 7).toFixed(1),
    both ? ask - bid : "",
    coin,
    cents(later),
    cents((interest / 7) * price),
  ].join(",");
}

/** SSVI with phi = 1/sqrt(theta), as of a week at least: no butterfly costs less than nothing. */
function smile(atm: number, years: number, k: number): number {
  const rho = -0.25;
  const phi = 1 / (atm * Math.sqrt(Math.max(years, 7 / 365)));
  const skewed = phi * k + rho;
  return atm * Math.sqrt((1 + rho * phi * k + Math.sqrt(skewed * skewed + 1 - rho * rho)) / 2);
}

function black(forward: number, strike: number, volatility: number, years: number, right: "call" | "put") {
  const deviation = volatility * Math.sqrt(years);
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  const sign = right === "call" ? 1 : -1;
  const price = sign * (forward * normal(sign * d1) - strike * normal(sign * (d1 - deviation)));
  const density = Math.exp(-(d1 * d1) / 2) / Math.sqrt(2 * Math.PI);
  return {
    price: Math.max(0, price),
    delta: sign * normal(sign * d1),
    vega: (forward * density * Math.sqrt(years)) / 100,
  };
}

/** The normal distribution by Marsaglia's series (2004), good to a double's 1e-15. */
function normal(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let [sum, term] = [x, x];
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-(x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}
