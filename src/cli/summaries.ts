/** What `ballast --help` says of each command, in its order; one line each, without a full stop. */
export const SUMMARIES = {
  demo: "the whole story on a local chain: hidden portfolios, proofs, attestations, a crash, liquidations by proof",
  devnet: "a local chain with a venue on it: keys, a token, contracts, to try liquidations",
  doctor: "look for what is missing or broken on this machine, and say what to do",
  circuits: "list the circuit instances: slots, rows, constraints, public inputs, domain",
  chain: "make a chain file of other people's market data, or of an exchange's as it is now",
  policy: "the margin rules that come with Ballast, as files",
  snapshot: "build and check snapshots: the public table of risk vectors",
  portfolio: "make a portfolio file of a venue's answers, or of an account at an exchange as it is now",
  margin: "a portfolio's margin requirement, component by component (no proof)",
  path: "the cheapest trades that bring an account to a tier, in slices, with a certified lower bound (no proof)",
  setup: "make keys: development keys in seconds, or the first key of a ceremony from a Powers of Tau file",
  ceremony: "a circuit's phase-2 ceremony, with a transcript beside each key",
  prove: "prove which margin tier a hidden portfolio is in",
  verify: "verify a proof: off chain with snapshot and key alone, or on chain",
  deploy: "deploy the contracts, with a verifier for each instance",
  sign: "as an oracle: check a snapshot, compute its table points and sign them",
  publish: "put a snapshot on chain with its oracles' signatures; anyone may",
  settle: "have a snapshot's table point computed on chain, row by row: trusts nobody, costs gas",
  attest: "submit proofs; several of one instance, snapshot and deadline go in one transaction",
  inclusion: "the tree of all accounts, and a customer's own proof of being in it",
  solvency: "prove coverage of all accounts of a venue, and read what was proven",
  vault: "the tokens that a venue holds for its accounts, on chain",
  liquidate: "drive liquidation cases: as anyone, venue, customer, liquidator, clearing house",
  exit: "leave a venue that has stopped: stop it, claim what an account is worth, take its part",
  init: "write a service's configuration and its master key",
  config: "a service's configuration: look whether it could start",
  serve: "the service: live portfolios become attestations, day and night",
  worker: "prove for a service from another process or machine",
  key: "keys of a service's API: add, list, revoke",
  status: "how a service is doing: accounts by tier, freshness, queue, spending",
  watch: "follow liquidation cases from events, with what is open and the time that is left",
  page: "the page on which a venue is looked at in a browser: open it here, or build it for any host",
  oracle: "the volatility oracle: deploy it, bond, report, finalise, read",
  clean: "remove what killed processes left behind, and compiled circuits that are out of date",
  completion: "print a script that completes commands and options in your shell",
} as const;

/** A command of the program, by its name and what it is. */
export function named<Name extends keyof typeof SUMMARIES>(name: Name) {
  return { name, summary: SUMMARIES[name] };
}
