import { usd } from "../display.ts";
import { formatDecimal } from "../math/decimal.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import type { SolvencyResult } from "../risk/solvency.ts";

/** One collateral asset: what accounts hold, proven, and what the vault held when the run was closed. Lots. */
export interface ReserveFigures {
  readonly instrumentId: number;
  readonly proven: bigint;
  readonly held?: bigint;
}

/** The funds that absorb losses, micro-USD, and what they come to over the worst shortfall. */
export interface FundFigures {
  readonly insuranceFund: bigint;
  readonly gammaReserve: bigint;
  /** Parts per million, rounded down; null when no scenario leaves a shortfall. */
  readonly coveragePpm: bigint | null;
}

/** What a venue's run, or its attestation, opens. */
export interface SolvencyFigures {
  readonly result: SolvencyResult;
  readonly reserves: readonly ReserveFigures[];
  readonly funds?: FundFigures;
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
export function stateName(state: number, snapshot: SolvencyFigures["snapshot"]): string {
  if (state === 0) return "now, no move";
  const name = snapshot?.policy.scenarios[state - 1]?.name;
  return name ?? `scenario ${state}`;
}

/** What a run says of the disclosure standards, field by field. */
export function disclosures({ result, reserves, funds, snapshot }: SolvencyFigures): Disclosure[] {
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
