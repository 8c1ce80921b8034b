import { TIER_NAMES } from "../../display.ts";
import { formatDecimal } from "../../math/decimal.ts";
import {
  disclosures,
  dollars,
  type ReserveFigures,
  ratioText,
  type SolvencyFigures,
  stateName,
} from "../../solvency/disclosures.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";

/** Everything on the page. */
export interface SolvencyPage extends SolvencyFigures {
  /** Facts above the figures: a label and a text each. */
  readonly facts: readonly (readonly [label: string, text: string])[];
}

/** One page for a regulator. */
export function renderPage(page: SolvencyPage): string {
  const { facts, result, reserves, funds, snapshot } = page;
  const width = Math.max(...facts.map(([label]) => label.length));
  const worst = (state: number, amount: bigint): string =>
    `${dollars(amount)}   ${foreign(stateName(state, snapshot))}`;
  const accounts = result.tiers.map((count, tier) => [TIER_NAMES[tier] ?? String(tier), String(count)]);
  const underlyings = Array.from({ length: result.demand.length / 3 }, (_, u) => [
    foreign(snapshot?.policy.underlyings[u] ?? `underlying ${u + 1}`),
    ...result.demand.slice(3 * u, 3 * u + 3).map(dollars),
  ]);
  return [
    ...facts.map(([label, text]) => `${label.padEnd(width)}  ${foreign(text)}`),
    "",
    `Accounts: ${result.accounts}, every one in, by margin tier`,
    table(["tier", "accounts"], accounts, [1]),
    "Losses beyond the accounts' own equity, which the funds would have to absorb",
    table(
      ["measure", "amount and scenario"],
      [
        ["all accounts, now", dollars(result.currentShortfall)],
        ["all accounts, worst scenario", worst(result.worstScenario, result.worstShortfall)],
        ["largest account (cover 1)", worst(result.cover1Scenario, result.cover1Shortfall)],
        ["two largest accounts (cover 2)", worst(result.cover2Scenario, result.cover2Shortfall)],
        ...(funds === undefined
          ? []
          : [
              ["insurance fund", dollars(funds.insuranceFund)],
              ["Gamma Reserve", dollars(funds.gammaReserve)],
              ["coverage: funds over worst scenario", ratioText(funds.coveragePpm)],
            ]),
      ],
    ),
    "To be hedged at once if every account in tier 2 or worse were liquidated",
    table(
      ["underlying", "dollar delta, +1 %", "short dollar gamma", "dollar vega, +1 point"],
      underlyings,
      [1, 2, 3],
    ),
    "Collateral: what accounts hold, proven to be exact, against the vault",
    reserveTable(reserves, snapshot),
    "Disclosure standards (CPMI-IOSCO, February 2015)",
    ...disclosures(page).flatMap(({ field, asks, answer, notCovered }) => [
      `  ${field.padEnd(7)}${asks}`,
      `         ${foreign(answer)}`,
      `         not covered: ${notCovered}`,
    ]),
  ].join("\n");
}

function reserveTable(reserves: readonly ReserveFigures[], snapshot: SolvencyFigures["snapshot"]): string {
  const rows = reserves.map(({ instrumentId, proven, held }) => {
    const row = snapshot?.rows.find((candidate) => candidate.instrumentId === instrumentId);
    const amount = (lots: bigint): string =>
      row === undefined ? `${lots} lots` : formatDecimal(lots * row.instrument.lotSize, 18);
    return [
      foreign(row?.instrument.name ?? `asset ${instrumentId}`),
      amount(proven),
      held === undefined ? "not read" : amount(held),
    ];
  });
  return table(["asset", "accounts hold", "vault held at closing"], rows, [1, 2]);
}
