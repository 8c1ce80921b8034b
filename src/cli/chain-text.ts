import { chainJson } from "../actions/market/json.ts";
import { usd } from "../display.ts";
import type { MarketChain } from "../market/chain.ts";
import { foreign } from "./foreign.ts";
import { table } from "./format.ts";

/** A chain's facts, for people. */
export function describeChain(file: string, converted: MarketChain): string {
  const { time, underlyings, quotes, kinds, leftOut: reasons, notes } = chainJson(converted);
  const prices = underlyings
    .map(({ symbol, indexPrice }) => `${foreign(symbol)} ${usd(indexPrice, 2)}`)
    .join(", ");
  const counts = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    foreign(file),
    `  ${time}  ${prices}`,
    `  ${quotes} quotes: ${counts.join(", ")}`,
    ...notes.map((note) => `  note: ${foreign(note)}`),
  ];
  if (reasons.length === 0) return [...lines, "  nothing was left out"].join("\n");
  return [
    ...lines,
    "left out:",
    table(
      ["number", "why", "the first"],
      reasons.map(({ count, reason, example }) => [String(count), reason, example]),
      [0],
    ),
  ].join("\n");
}
