import type { Wad } from "../math/wad.ts";

/** How an instrument pays: `inverse` in the coin itself (quoted in coin), `linear` in the quote currency. */
export type Settlement = "inverse" | "linear";

interface InstrumentBase {
  /** The venue's name, e.g. `BTC-27MAR26-100000-C`; unique in a market. */
  readonly name: string;
  /** One lot in the instrument's own quantity unit, 1e18 (0.1 BTC of an option, 10 USD of an inverse perpetual). */
  readonly lotSize: Wad;
}

export interface OptionInstrument extends InstrumentBase {
  readonly kind: "option";
  readonly underlying: string;
  readonly settlement: Settlement;
  /** Unix milliseconds. */
  readonly expiry: bigint;
  /** Quote currency, 1e18. */
  readonly strike: Wad;
  readonly right: "call" | "put";
}

export interface FutureInstrument extends InstrumentBase {
  readonly kind: "future";
  readonly underlying: string;
  readonly settlement: Settlement;
  readonly expiry: bigint;
}

export interface PerpetualInstrument extends InstrumentBase {
  readonly kind: "perpetual";
  readonly underlying: string;
  readonly settlement: Settlement;
}

export interface CollateralInstrument extends InstrumentBase {
  readonly kind: "collateral";
  /** The underlying it moves with, or null for the quote currency itself. */
  readonly underlying: string | null;
}

export type Instrument = OptionInstrument | FutureInstrument | PerpetualInstrument | CollateralInstrument;
