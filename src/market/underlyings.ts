import { BallastError } from "../errors.ts";
import type { MarketChain, QuoteProblem } from "./chain.ts";
import type { Instrument } from "./instruments.ts";

/** A snapshot's rows have room for the Greeks of so many underlyings; other circuits would be needed for more. */
export const MAX_UNDERLYINGS = 2;

/** Why an instrument can't be in a snapshot of these underlyings; undefined where it can. */
export function outsideProblem(
  instrument: Instrument,
  underlyings: readonly string[] | undefined,
): QuoteProblem | undefined {
  const { underlying } = instrument;
  if (underlyings === undefined || underlying === null || underlyings.includes(underlying)) return undefined;
  const what = instrument.kind === "collateral" ? `moves with ${underlying}` : `on ${underlying}`;
  return {
    code: "INVALID_MARKET",
    reason: `${what}: a snapshot has at most ${MAX_UNDERLYINGS} underlyings, here ${underlyings.join(" and ")}`,
  };
}

/**
 * The underlyings of a snapshot: a policy's, which those that a user asks for must be.
 *
 * @param asked symbols; undefined where the user leaves it to the policy.
 * @throws {BallastError} OUT_OF_RANGE for more than two, INVALID_POLICY when the policy is for others.
 */
export function chosenUnderlyings(
  policy: { readonly name: string; readonly underlyings: readonly string[] },
  asked: readonly string[] | undefined,
): readonly string[] {
  const wanted = asked ?? policy.underlyings;
  if (new Set(wanted).size > MAX_UNDERLYINGS) {
    throw new BallastError(
      "OUT_OF_RANGE",
      `A snapshot has at most ${MAX_UNDERLYINGS} underlyings, until circuits of more exist; these are ${wanted.join(", ")}.`,
      {
        hint: "Choose two, e.g. BTC and SOL, with a policy for them; others need a snapshot of their own.",
        inputs: ["snapshot.underlyings"],
      },
    );
  }
  const others = wanted.filter((symbol) => !policy.underlyings.includes(symbol));
  if (others.length === 0) return policy.underlyings;
  throw new BallastError(
    "INVALID_POLICY",
    `The policy ${policy.name} is for ${policy.underlyings.join(" and ")}, not for ${others.join(" and ")}.`,
    {
      hint: "Give a policy for them: `ballast policy show les` prints one to start from, whose margins are BTC's and ETH's.",
    },
  );
}

/**
 * @throws {BallastError} INVALID_MARKET when the chain lacks the index price of an underlying, and says what it has.
 */
export function checkUnderlyings(
  chain: Pick<MarketChain, "underlyings">,
  policy: { readonly name: string; readonly underlyings: readonly string[] },
): void {
  const has = chain.underlyings.map(({ symbol }) => symbol);
  const missing = policy.underlyings.find((symbol) => !has.includes(symbol));
  if (missing === undefined) return;
  throw new BallastError(
    "INVALID_MARKET",
    `The chain has no index price for ${missing}, which the policy ${policy.name} needs.`,
    {
      hint: `The chain has ${has.join(", ") || "none"}: give quotes on ${missing} too, or a policy for what it has.`,
    },
  );
}
