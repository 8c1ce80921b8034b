import type { Command } from "./command.ts";
import type { CommandEntry } from "./program.ts";
import { named, type SUMMARIES } from "./summaries.ts";

/** All commands by name: a command's module, with all that it needs, is loaded only when it is named. */
const MODULES: Readonly<Record<keyof typeof SUMMARIES, () => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.ts")).demo,
  devnet: async () => (await import("./commands/devnet.ts")).devnet,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  circuits: async () => (await import("./commands/circuits.ts")).circuits,
  chain: async () => (await import("./commands/chain.ts")).chain,
  policy: async () => (await import("./commands/policy.ts")).policy,
  snapshot: async () => (await import("./commands/snapshot.ts")).snapshot,
  portfolio: async () => (await import("./commands/portfolio.ts")).portfolio,
  margin: async () => (await import("./commands/margin.ts")).margin,
  path: async () => (await import("./commands/path.ts")).path,
  setup: async () => (await import("./commands/setup.ts")).setup,
  ceremony: async () => (await import("./commands/setup.ts")).ceremony,
  prove: async () => (await import("./commands/prove.ts")).prove,
  verify: async () => (await import("./commands/verify.ts")).verify,
  deploy: async () => (await import("./commands/deploy.ts")).deploy,
  sign: async () => (await import("./commands/publish.ts")).sign,
  publish: async () => (await import("./commands/publish.ts")).publish,
  settle: async () => (await import("./commands/publish.ts")).settle,
  attest: async () => (await import("./commands/attest.ts")).attest,
  inclusion: async () => (await import("./commands/inclusion.ts")).inclusion,
  solvency: async () => (await import("./commands/solvency/solvency.ts")).solvency,
  vault: async () => (await import("./commands/vault.ts")).vault,
  liquidate: async () => (await import("./commands/liquidate/liquidate.ts")).liquidate,
  exit: async () => (await import("./commands/exit.ts")).exit,
  init: async () => (await import("./commands/service/config.ts")).init,
  config: async () => (await import("./commands/service/config.ts")).config,
  serve: async () => (await import("./commands/service/serve.ts")).serve,
  worker: async () => (await import("./commands/service/serve.ts")).worker,
  key: async () => (await import("./commands/service/key.ts")).key,
  status: async () => (await import("./commands/service/status.ts")).status,
  watch: async () => (await import("./commands/watch.ts")).watch,
  page: async () => (await import("./commands/page.ts")).page,
  oracle: async () => (await import("./commands/oracle.ts")).oracle,
  clean: async () => (await import("./commands/clean.ts")).clean,
  completion: async () => (await import("./commands/completion.ts")).completion,
};

/** The same in the order of `ballast --help`. */
export const commands: readonly CommandEntry[] = keysOf(MODULES).map((name) => ({
  ...named(name),
  load: MODULES[name],
}));

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[];
}
