import { describe, expect, it } from "vitest";
import {
  type LiquidationParameters,
  STANDARD_CADENCE,
  standardParameters,
} from "../../../src/chain/liquidation/parameters.ts";
import {
  checkTiming,
  longestCase,
  longestHold,
  timingProblems,
} from "../../../src/chain/liquidation/timing.ts";

const standard = standardParameters(10_000n, 10_000n);

/** The standard parameters with some of one part changed. */
function changed<Part extends keyof LiquidationParameters>(
  part: Part,
  change: Partial<LiquidationParameters[Part]>,
): LiquidationParameters {
  return { ...standard, [part]: { ...standard[part], ...change } };
}

const named = (parameters: LiquidationParameters, cadence?: bigint, interval?: bigint): string[] =>
  timingProblems({
    parameters,
    ...(cadence === undefined ? {} : { cadence }),
    ...(interval === undefined ? {} : { interval }),
  }).map(({ parameter }) => parameter);

describe("a liquidation's times", () => {
  it("go together as they are standard: a snapshot and a round every five minutes", () => {
    expect(named(standard, STANDARD_CADENCE, 300n)).toEqual([]);
    expect(() =>
      checkTiming({ parameters: standard, cadence: STANDARD_CADENCE, interval: 300n }),
    ).not.toThrow();
  });

  it("refuse a hold whose first round would be forgotten before anybody must record the move", () => {
    // What shipped before: a day, with a round every five minutes, of which 256 are kept.
    expect(named(changed("sale", { holdPeriod: 86_400n }), undefined, 300n)).toEqual(["sale.holdPeriod"]);
    const most = longestHold(300n);
    expect(named(changed("sale", { holdPeriod: most }), undefined, 300n)).toEqual([]);
    expect(named(changed("sale", { holdPeriod: most + 1n }), undefined, 300n)).toEqual(["sale.holdPeriod"]);
    expect(most < 255n * 300n).toBe(true);
    expect(named(changed("sale", { holdPeriod: 86_400n }), undefined, 600n)).toEqual([]);
    expect(named(changed("sale", { holdPeriod: 7n * 86_400n }))).toEqual([]); // nothing taxes it
  });

  it("refuse a clock that stops between two ordinary snapshots, or runs for longer than two without one", () => {
    expect(named(changed("clock", { serveGap: 300n }), 300n)).toEqual(["clock.serveGap"]);
    expect(named(changed("clock", { serveGap: 301n }), 300n)).toEqual([]);
    expect(named(changed("clock", { serveGap: 601n }), 300n)).toEqual(["clock.serveGap"]);
  });

  it("refuse a spacing by which the next snapshot comes too soon", () => {
    expect(named(changed("clock", { spacing: 301n, serveGap: 600n }), 300n)).toEqual(["clock.spacing"]);
    expect(named(changed("clock", { spacing: 600n, serveGap: 600n }))).toEqual(["clock.spacing"]);
  });

  it("refuse an age of opening proofs that the last snapshot outgrows", () => {
    expect(named(changed("engine", { openAge: 300n }), 300n)).toEqual(["engine.openAge"]);
  });

  it.each([
    ["engine", "softWindow"],
    ["engine", "takeoverNotice"],
    ["challenges", "challengeWindow"],
    ["challenges", "answerTime"],
    ["auction", "commitWindow"],
    ["auction", "revealWindow"],
    ["auction", "settleWindow"],
    ["sale", "startWindow"],
    ["sale", "duration"],
  ] as const)("refuse a window that one snapshot outlasts: %s.%s", (part, name) => {
    expect(named(changed(part, { [name]: standard.clock.serveGap }))).toEqual([`${part}.${name}`]);
    expect(named(changed(part, { [name]: standard.clock.serveGap + 1n }))).toEqual([]);
  });

  it("refuse claims that leave who is in a case at their beginning less than a week after it", () => {
    const day = 86_400n;
    // All of it within the contracts' bounds: the longest case leaves a day of the shortest claims.
    const long = changed("engine", { caseLength: 30n * day, unservedLimit: 14n * day });
    expect(longestCase(long.engine)).toBe(44n * day);
    const claims = (claimPeriod: bigint) => named({ ...long, exits: { ...long.exits, claimPeriod } });
    expect(claims(45n * day)).toEqual(["exits.claimPeriod"]);
    expect(claims(51n * day - 1n)).toEqual(["exits.claimPeriod"]);
    expect(claims(51n * day)).toEqual([]);
  });

  it("are refused by name, all of them", () => {
    const parameters = changed("sale", { holdPeriod: 86_400n, duration: 60n });
    expect(() => checkTiming({ parameters, cadence: 300n, interval: 300n })).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        shortMessage: expect.stringMatching(/at sale\.duration/),
        details: {
          "sale.duration": expect.any(String),
          "sale.holdPeriod": expect.stringContaining("256 rounds"),
        },
        inputs: ["deploy.parameters", "deploy.cadence"],
      }),
    );
  });
});
