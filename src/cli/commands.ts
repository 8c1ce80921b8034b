import type { CommandEntry } from "./program.ts";

/** All commands, in the order of `ballast --help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: "demo",
    summary:
      "the whole story on a local chain: hidden portfolios, proofs, attestations, a crash, liquidations by proof",
    load: async () => (await import("./commands/demo.ts")).demo,
  },
  {
    name: "devnet",
    summary: "a local chain with a venue on it: keys, a token, contracts, to try liquidations",
    load: async () => (await import("./commands/devnet.ts")).devnet,
  },
  {
    name: "doctor",
    summary: "look for what is missing or broken on this machine, and say what to do",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    name: "circuits",
    summary: "list the circuit instances: slots, rows, constraints, public inputs, domain",
    load: async () => (await import("./commands/circuits.ts")).circuits,
  },
  {
    name: "chain",
    summary: "make a chain file of other people's market data",
    load: async () => (await import("./commands/chain.ts")).chain,
  },
  {
    name: "policy",
    summary: "the margin rules that come with Ballast, as files",
    load: async () => (await import("./commands/policy.ts")).policy,
  },
  {
    name: "snapshot",
    summary: "build and check snapshots: the public table of risk vectors",
    load: async () => (await import("./commands/snapshot.ts")).snapshot,
  },
  {
    name: "portfolio",
    summary: "make a portfolio file of a venue's answers",
    load: async () => (await import("./commands/portfolio.ts")).portfolio,
  },
  {
    name: "margin",
    summary: "a portfolio's margin requirement, component by component (no proof)",
    load: async () => (await import("./commands/margin.ts")).margin,
  },
  {
    name: "setup",
    summary:
      "make keys: development keys in seconds, or the first key of a ceremony from a Powers of Tau file",
    load: async () => (await import("./commands/setup.ts")).setup,
  },
  {
    name: "ceremony",
    summary: "a circuit's phase-2 ceremony, with a transcript beside each key",
    load: async () => (await import("./commands/setup.ts")).ceremony,
  },
  {
    name: "prove",
    summary: "prove which margin tier a hidden portfolio is in",
    load: async () => (await import("./commands/prove.ts")).prove,
  },
  {
    name: "verify",
    summary: "verify a proof: off chain with snapshot and key alone, or on chain",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  {
    name: "deploy",
    summary: "deploy the contracts, with a verifier for each instance",
    load: async () => (await import("./commands/deploy.ts")).deploy,
  },
  {
    name: "sign",
    summary: "as an oracle: check a snapshot, compute its table points and sign them",
    load: async () => (await import("./commands/publish.ts")).sign,
  },
  {
    name: "publish",
    summary: "put a snapshot on chain with its oracles' signatures; anyone may",
    load: async () => (await import("./commands/publish.ts")).publish,
  },
  {
    name: "settle",
    summary: "have a snapshot's table point computed on chain, row by row: trusts nobody, costs gas",
    load: async () => (await import("./commands/publish.ts")).settle,
  },
  {
    name: "attest",
    summary: "submit proofs; several of one instance, snapshot and deadline go in one transaction",
    load: async () => (await import("./commands/attest.ts")).attest,
  },
  {
    name: "inclusion",
    summary: "the tree of all accounts, and a customer's own proof of being in it",
    load: async () => (await import("./commands/inclusion.ts")).inclusion,
  },
  {
    name: "solvency",
    summary: "prove coverage of all accounts of a venue, and read what was proven",
    load: async () => (await import("./commands/solvency/solvency.ts")).solvency,
  },
  {
    name: "vault",
    summary: "the tokens that a venue holds for its accounts, on chain",
    load: async () => (await import("./commands/vault.ts")).vault,
  },
  {
    name: "liquidate",
    summary: "drive liquidation cases: as anyone, venue, customer, liquidator, clearing house",
    load: async () => (await import("./commands/liquidate/liquidate.ts")).liquidate,
  },
  {
    name: "watch",
    summary: "follow liquidation cases from events, with what is open and the time that is left",
    load: async () => (await import("./commands/watch.ts")).watch,
  },
  {
    name: "oracle",
    summary: "the volatility oracle: deploy it, bond, report, finalise, read",
    load: async () => (await import("./commands/oracle.ts")).oracle,
  },
  {
    name: "clean",
    summary: "remove what killed processes left behind, and compiled circuits that are out of date",
    load: async () => (await import("./commands/clean.ts")).clean,
  },
  {
    name: "completion",
    summary: "print a script that completes commands and options in your shell",
    load: async () => (await import("./commands/completion.ts")).completion,
  },
];
