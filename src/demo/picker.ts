import { BallastError } from "../errors.ts";
import type { OptionInstrument } from "../market/instruments.ts";
import type { Snapshot, SnapshotRow } from "../risk/snapshot.ts";

/** Finds one underlying's options by what they are meant to be, in whatever market there is. */
export interface OptionPicker {
  /** The listed option nearest to `percent` of the index, of the near (about a week) or far (about a month) expiry. */
  option(right: OptionInstrument["right"], percent: bigint, near: boolean): SnapshotRow;
}

/** An expiry with fewer strikes a side in the snapshot is passed over. */
const MIN_STRIKES = 3;
const DAY_MS = 86_400_000n;

/** @throws {BallastError} INVALID_MARKET when the snapshot lacks options of the underlying, here or when one is asked for. */
export function optionPicker(snapshot: Snapshot, underlying: string): OptionPicker {
  const options = snapshot.rows.flatMap((row) =>
    row.instrument.kind === "option" && row.instrument.underlying === underlying
      ? [{ row, option: row.instrument }]
      : [],
  );
  const index = snapshot.underlyings.find(({ symbol }) => symbol === underlying)?.indexPrice;
  const now = snapshot.time * 1000n;
  const strikes = (expiry: bigint, right: OptionInstrument["right"]): number =>
    options.filter(({ option }) => option.expiry === expiry && option.right === right).length;
  const expiries = [...new Set(options.map(({ option }) => option.expiry))]
    .filter((expiry) => strikes(expiry, "call") >= MIN_STRIKES && strikes(expiry, "put") >= MIN_STRIKES)
    .sort((a, b) => (a < b ? -1 : 1));
  const after = (days: bigint): bigint | undefined =>
    expiries.find((expiry) => expiry - now >= days * DAY_MS);
  const near = after(5n) ?? expiries.at(-1);
  const far = after(20n) ?? expiries.at(-1);
  if (index === undefined || near === undefined || far === undefined) {
    throw new BallastError("INVALID_MARKET", `The demo needs ${underlying} options in the market.`, {
      hint: "Give it a chain of BTC and ETH options, or leave it out.",
      inputs: ["demo.chain"],
    });
  }
  return {
    option(right, percent, isNear) {
      const expiry = isNear ? near : far;
      const wanted = (index * percent) / 100n;
      const distance = (strike: bigint): bigint => (strike > wanted ? strike - wanted : wanted - strike);
      const [nearest] = options
        .filter(({ option }) => option.expiry === expiry && option.right === right)
        .sort((a, b) => (distance(a.option.strike) < distance(b.option.strike) ? -1 : 1));
      if (nearest === undefined) {
        throw new BallastError(
          "INVALID_MARKET",
          `The demo finds no ${underlying} ${right} of the expiry it needs.`,
        );
      }
      return nearest.row;
    },
  };
}
