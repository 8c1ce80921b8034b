import { daysTo, type Expiry } from "./book.ts";
import { type Builder, pickExpiry, ratio, strike, sumOf } from "./desk.ts";

/** Families of options of one underlying, and makers' books of both. */
export const OPTION_FAMILIES = {
  "covered write"({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const contracts = random.between(1, 50) * 10;
    // Option lots are 0.1 BTC or 1 ETH, collateral lots 0.0001 BTC or 0.001 ETH: a thousand collateral lots cover one.
    const coverage = random.pick([80, 100, 100, 120]);
    add(symbol, contracts * 10 * coverage);
    add(strike(book, expiry, "calls", random.between(0, 4)), -contracts);
    if (random.chance(30))
      add(strike(book, expiry, "puts", -random.between(1, 5)), random.chance(50) ? contracts : -contracts);
  },
  strangle({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const lots = random.between(1, 100) * (random.chance(75) ? -1 : 1);
    const [up, down] = [random.between(0, 5), random.between(0, 5)];
    add(strike(book, expiry, "calls", up), lots);
    add(strike(book, expiry, "puts", -down), lots);
    if (random.chance(40)) {
      add(strike(book, expiry, "calls", up + 3), -lots);
      add(strike(book, expiry, "puts", -down - 3), -lots);
    }
  },
  butterfly({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const lots = random.between(1, 100) * (random.chance(60) ? 1 : -1);
    const [centre, width] = [random.between(-3, 3), random.between(1, 3)];
    const side = random.chance(50) ? "calls" : "puts";
    add(strike(book, expiry, side, centre - width), lots);
    add(strike(book, expiry, side, centre), -2 * lots);
    add(strike(book, expiry, side, centre + width), lots);
  },
  "ratio spread"({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const side = random.chance(50) ? "calls" : "puts";
    const direction = side === "calls" ? 1 : -1;
    const lots = random.between(1, 100) * (random.chance(70) ? 1 : -1);
    const [near, width] = [random.between(0, 2), random.between(1, 3)];
    add(strike(book, expiry, side, direction * near), lots);
    add(strike(book, expiry, side, direction * (near + width)), -lots * random.between(2, 3));
  },
  "short gamma"({ book, random, symbol, add }) {
    const soon = (book.expiries.get(symbol) ?? []).slice(0, 5);
    if (soon.length === 0) return;
    for (let i = random.between(1, 3); i > 0; i--) {
      const expiry = random.pick(soon);
      const lots = -random.between(1, 100);
      add(strike(book, expiry, "calls", random.between(0, 3)), lots);
      add(strike(book, expiry, "puts", -random.between(0, 3)), lots);
    }
  },
  "market maker"({ book, random, add }) {
    for (let i = random.between(12, 40); i > 0; i--) {
      const expiry = pickExpiry(book, random, random.chance(60) ? "BTC" : "ETH");
      if (expiry === undefined) continue;
      const out = random.between(-2, 6);
      const call = random.chance(50);
      const lots = random.between(1, 200) * (random.chance(45) ? 1 : -1);
      add(strike(book, expiry, call ? "calls" : "puts", call ? out : -out), lots);
    }
  },
  /** One strike distance, two expiries, equal vega, delta hedged. */
  "vega-neutral calendar"({ book, random, symbol, add, vegaOf }) {
    const expiries = (book.expiries.get(symbol) ?? []).filter((expiry) => daysTo(book, expiry) >= 2);
    if (expiries.length < 2) return;
    const at = random.between(0, expiries.length - 2);
    const [near, far] = [expiries[at], expiries[random.between(at + 1, expiries.length - 1)]];
    const [out, call] = [random.between(0, 2), random.chance(50)];
    const lots = random.between(1, 100) * (random.chance(60) ? -1 : 1);
    if (near === undefined || far === undefined) return;
    const leg = (expiry: Expiry) => strike(book, expiry, call ? "calls" : "puts", call ? out : -out) ?? "";
    const [short, long] = [leg(near), leg(far)];
    if (short === "" || long === "") return;
    add(short, lots);
    add(long, -ratio(vegaOf(short) * BigInt(lots), vegaOf(long)));
  },
  /** A straddle against the strangle around it, equal vega, delta hedged. */
  "vega-neutral fly"({ book, random, symbol, add, vegaOf }) {
    const expiry = pickExpiry(book, random, symbol);
    const width = random.between(1, 3);
    const lots = random.between(1, 100) * (random.chance(60) ? -1 : 1);
    if (expiry === undefined) return;
    const body = [strike(book, expiry, "calls", 0) ?? "", strike(book, expiry, "puts", 0) ?? ""];
    const wings = [strike(book, expiry, "calls", width) ?? "", strike(book, expiry, "puts", -width) ?? ""];
    if (body.includes("") || wings.includes("") || sumOf(wings, vegaOf) === 0n) return;
    for (const name of body) add(name, lots);
    const many = -ratio(sumOf(body, vegaOf) * BigInt(lots), sumOf(wings, vegaOf));
    for (const name of wings) add(name, many);
  },
  /** What expires within eight days: one option, a vertical or a strangle; three quarters sold. */
  weekly({ book, random, symbol, add }) {
    const soon = (book.expiries.get(symbol) ?? []).filter((expiry) => daysTo(book, expiry) <= 8);
    const expiry = soon.length === 0 ? undefined : random.pick(soon);
    const lots = random.between(1, 100) * (random.chance(75) ? -1 : 1);
    const [call, out] = [random.chance(50), random.between(0, 4)];
    const kind = random.pick(["single", "vertical", "strangle"]);
    const width = random.between(1, 3);
    if (expiry === undefined) return;
    const at = (isCall: boolean, steps: number) =>
      strike(book, expiry, isCall ? "calls" : "puts", isCall ? steps : -steps);
    add(at(call, out), lots);
    if (kind === "vertical") add(at(call, out + width), -lots);
    if (kind === "strangle") add(at(!call, out), lots);
  },
  /** Long a call and short a put at one strike, the other way round at another: a loan, whatever happens. */
  box({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    const lots = random.between(1, 100) * (random.chance(50) ? 1 : -1);
    const [low, width] = [random.between(-3, 1), random.between(1, 4)];
    if (expiry === undefined) return;
    const at = (side: "calls" | "puts", steps: number) => strike(book, expiry, side, steps);
    const names = [at("calls", low), at("puts", low), at("calls", low + width), at("puts", low + width)];
    // Both options of a strike must be listed, or it is no box.
    const strikes = names.map((name) => name?.replace(/-[CP]$/, ""));
    if (strikes[0] !== strikes[1] || strikes[2] !== strikes[3] || strikes[0] === strikes[2]) return;
    names.forEach((name, i) => {
      add(name, i === 0 || i === 3 ? lots : -lots);
    });
  },
} as const satisfies Record<string, Builder>;
