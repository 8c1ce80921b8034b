import { defaulted, type Input, needed, option, toggle } from "./input.ts";
import { oneOf, parseCount } from "./options.ts";

/**
 * Flags that several commands have, each declared here alone. `saying` gives one the help of a command, `optional` lets it be left out,
 * `onlyGiven` keeps the environment out of it.
 */

/** A flag that an environment variable can give. */
function from<Value>(variable: string, input: Input<Value>): Input<Value> {
  return { ...input, variable };
}

export const rpc = from("BALLAST_RPC", needed("--rpc <url>", "the chain's node"));

export const deployment = from("BALLAST_DEPLOYMENT", needed("--deployment <file>", "from `ballast deploy`"));

export const snapshot = from("BALLAST_SNAPSHOT", needed("-s, --snapshot <file>", "snapshot file"));

/** The instance by whose slots a venue's accounts are committed. */
export const circuit = from(
  "BALLAST_CIRCUIT",
  defaulted("--circuit <name>", "the coverage instance whose number of slots the venue uses", "64x240"),
);

/** @param who whose key it is, e.g. "the venue's key". */
export function privateKeyFile(who: string) {
  return option("--private-key-file <file>", `${who} (default: $BALLAST_PRIVATE_KEY)`);
}

/** What a command that reads a deployment needs. */
export const reader = { deployment, rpc };

/** What a command that sends needs, whoever sends. @param who whose key it takes. */
export function sender(who: string) {
  return { ...reader, privateKeyFile: privateKeyFile(who) };
}

/** @param what is written there. */
export function output(what: string) {
  return needed("-o, --output <file>", what);
}

export const force = toggle("--force", "overwrite what is there already");

export const backend = defaulted(
  "--backend <name>",
  "auto, ballast, snarkjs or rapidsnark",
  "auto",
  oneOf("backend", ["auto", "ballast", "snarkjs", "rapidsnark"]),
);

/** @param fallback seconds. */
export function validFor(help: string, fallback: string) {
  return defaulted("--valid-for <seconds>", help, fallback, parseCount);
}

/** Unix seconds. */
export const deadline = option(
  "--deadline <unix>",
  "the same as a Unix time, e.g. by the chain's clock",
  (text, name) => parseCount(text, name, 12),
);
