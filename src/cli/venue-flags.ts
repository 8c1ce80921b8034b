import { defaulted, option } from "./input.ts";
import { oneOf } from "./options.ts";

/** Where an exchange is asked. */
export const networkFlags = {
  network: defaulted(
    "--network <name>",
    "main or test, which has keys of its own",
    "main",
    oneOf("network", ["main", "test"]),
  ),
  url: option("--url <url>", "an address in place of the network's own, e.g. a proxy's"),
};
