import { usd } from "../../display.ts";
import { formatDecimal } from "../../math/decimal.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { SolvencyResult } from "../../risk/solvency.ts";
import { foreign } from "../foreign.ts";
import { TIER_NAMES, table } from "../format.ts";

/** One collateral asset: what accounts hold, proven, and what the vault held when the run was closed. Lots. */
export interface PageReserve {
  readonly instrumentId: number;
  readonly proven: bigint;
  readonly held?: bigint;
}

/** The funds that absorb losses, micro-USD, and what they come to over the worst shortfall. */
export interface PageFunds {
  readonly insuranceFund: bigint;
  readonly gammaReserve: bigint;
  /** Parts per million, rounded down; null when no scenario leaves a shortfall. */
  readonly coveragePpm: bigint | null;
}

/** Everything on the page. */
export interface SolvencyPage {
  /** Facts above the figures: a label and a text each. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly result: SolvencyResult;
  readonly reserves: readonly PageReserve[];
  readonly funds?: PageFunds;
  /** For names of scenarios, underlyings and assets; without it they are numbers. */
  readonly snapshot?: Pick<Snapshot, "policy" | "rows">;
}

/** A field of the CPMI-IOSCO public quantitative disclosure standards for CCPs (February 2015), and how far the run answers it. */
export interface Disclosure {
  readonly field: string;
  readonly asks: string;
  readonly answer: string;
  readonly notCovered: string;
}

/** Micro-USD as whole dollars. */
export function dollars(micros: bigint): string {
  return `${usd(formatDecimal(micros, 6))} USD`;
}

/** `1.2345` for 1,234,500 parts per million; "no shortfall" for null. */
export function ratioText(ppm: bigint | null): string {
  return ppm === null ? "no scenario leaves a shortfall" : formatDecimal(ppm, 6);
}

/** The name of a state of the world: 0 is now. */
export function stateName(state: number, snapshot: SolvencyPage["snapshot"]): string {
  if (state === 0) return "now, no move";
  const name = snapshot?.policy.scenarios[state - 1]?.name;
  return name === undefined ? `scenario ${state}` : foreign(name);
}

/** What a run says of the disclosure standards, field by field. */
export function disclosures({ result, reserves, funds, snapshot }: SolvencyPage): Disclosure[] {
  const prefunded =
    funds === undefined ? "not read: no chain was asked" : dollars(funds.insuranceFund + funds.gammaReserve);
  const below = result.tiers.slice(1).reduce((sum, count) => sum + count, 0);
  return [
    {
      field: "4.1",
      asks: "total pre-funded default resources",
      answer: prefunded,
      notCovered: "committed and recovery resources; the order in which they are used",
    },
    {
      field: "4.3",
      asks: "value of pre-funded default resources, by kind",
      answer:
        funds === undefined
          ? prefunded
          : `insurance fund ${dollars(funds.insuranceFund)}, Gamma Reserve ${dollars(funds.gammaReserve)}`,
      notCovered: "custody and haircuts of the assets they are held in",
    },
    {
      field: "4.4.1",
      asks: "cover 1 or cover 2",
      answer: `measured against all accounts (${dollars(result.worstShortfall)}), which exceeds cover 2`,
      notCovered: "the rule that binds the venue: that is the regulator's",
    },
    {
      field: "4.4.3",
      asks: "largest stress loss beyond margin by one participant",
      answer: `${dollars(result.cover1Shortfall)} (${stateName(result.cover1Scenario, snapshot)})`,
      notCovered: "affiliates under several accounts; peak and mean over twelve months",
    },
    {
      field: "4.4.7",
      asks: "largest stress loss beyond margin by two participants",
      answer: `${dollars(result.cover2Shortfall)} (${stateName(result.cover2Scenario, snapshot)})`,
      notCovered: "affiliates under several accounts; peak and mean over twelve months",
    },
    {
      field: "6.1",
      asks: "total initial margin required and held",
      answer: `${below} of ${result.accounts} accounts below their initial margin; ${reserves.length} collateral assets held in full`,
      notCovered: "the sum of requirements, which the run does not open",
    },
  ];
}

/** One page for a regulator. */
export function renderPage(page: SolvencyPage): string {
  const { facts, result, reserves, funds, snapshot } = page;
  const width = Math.max(...facts.map(([label]) => label.length));
  const worst = (state: number, amount: bigint): string =>
    `${dollars(amount)}   ${stateName(state, snapshot)}`;
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
      `         ${answer}`,
      `         not covered: ${notCovered}`,
    ]),
  ].join("\n");
}

function reserveTable(reserves: readonly PageReserve[], snapshot: SolvencyPage["snapshot"]): string {
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
