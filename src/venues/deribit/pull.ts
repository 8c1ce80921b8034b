import { systemClock } from "../../clock.ts";
import { RateLimit } from "../rpc/rate.ts";
import { DERIBIT_LIMIT, type DeribitOptions } from "./options.ts";

/** Settings of a source that is read once, now. */
export function pullOptions(): Omit<DeribitOptions, "network" | "url"> {
  return {
    name: "deribit",
    clock: systemClock,
    limit: new RateLimit(systemClock, DERIBIT_LIMIT),
    interval: 60_000,
    random: Math.random,
  };
}
