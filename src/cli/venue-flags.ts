import type { Network } from "../venues/deribit/session.ts";
import { defaulted, option } from "./input.ts";
import { oneOf } from "./options.ts";

/** Venues that are read natively. */
export const VENUES = ["deribit"] as const;

/** Flags of whatever is pulled from a venue. */
export const venueFlags = {
  venue: defaulted("--venue <name>", "deribit", "deribit", oneOf("venue", VENUES)),
  network: defaulted(
    "--network <name>",
    "main or test: Deribit's testnet, which has keys of its own",
    "main",
    oneOf<Network>("network", ["main", "test"]),
  ),
  url: option("--url <url>", "an address in place of the network's own, e.g. a proxy's"),
};
