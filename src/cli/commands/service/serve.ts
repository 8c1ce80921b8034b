import { BallastError } from "../../../errors.ts";
import type { OnEvent } from "../../../service/events.ts";
import type { Role } from "../../../service/serve.ts";
import { command } from "../../command.ts";
import type { Context } from "../../context.ts";
import { untilSignal } from "../../exit.ts";
import { defaulted, option, toggle } from "../../input.ts";
import { parseCount } from "../../options.ts";
import { eventJson, eventText } from "../../service-text.ts";
import { named } from "../../summaries.ts";
import { configFile } from "./flags.ts";

/** As `ROLES`, without loading what they need. */
const ROLE_NAMES = ["all", "feed", "signer", "prover", "sender", "keeper", "solvency", "api"] as const;

export const serve = command({
  ...named("serve"),
  flags: {
    config: configFile,
    role: defaulted("--role <name>", ROLE_NAMES.join(", "), "all", (text, name) => parseRole(text, name)),
    sample: toggle("--sample", "a made-up market and made-up accounts on a local chain, to look at"),
    circuit: defaulted("--circuit <name>", "of the sample: its coverage instance", "4x8"),
    accounts: defaulted("--accounts <n>", "of the sample: how many", "50", parseCount),
    speed: defaulted("--speed <n>", "of the sample: how fast its clock runs", "60", parseCount),
    folder: option("--folder <folder>", "of the sample: where its files go (default: a temporary one)"),
  },
  notes: `
Reads accounts and snapshots, evaluates every account, proves what must be proven, and sends the proofs. Roles: feed (accounts, snapshots,
evaluation, the plan), prover, sender, and where the configuration has them signer, keeper, solvency and api. On one machine it needs nothing else; with DATABASE_URL several processes share a PostgreSQL server,
and one at a time leads feed, sender and keeper. Secrets come from the environment alone: BALLAST_MASTER_KEY, BALLAST_PRIVATE_KEY, BALLAST_RPC,
DATABASE_URL, a signer's BALLAST_SIGNER_KEY, a venue's BALLAST_VENUE_KEY, or each with _FILE.

SIGTERM and Ctrl-C end it: the proof in hand is finished, or handed back after 20 seconds. --json writes one object a line.`,
  examples: [
    "ballast serve --sample",
    "ballast serve --config service/ballast.config.json",
    "ballast serve --role sender",
  ],
  async run({ config: file, role, sample, ...values }, context) {
    if (!sample) return serveConfig(file, role, context);
    const { serveSample } = await import("../../sample.ts");
    return untilSignal((signal) => serveSample(values, teller(context), context, signal));
  },
});

export const worker = command({
  ...named("worker"),
  flags: { config: configFile },
  notes: `
Takes jobs from the database that DATABASE_URL names, whoever put them there, and proves those of the configured circuit. It needs the
circuit's key, BALLAST_MASTER_KEY and the deployment's file; no node, and no key of a sender. A database of another version is refused.`,
  examples: ["ballast worker --config service/ballast.config.json"],
  run({ config: file }, context) {
    return serveConfig(file, ["prover"], context);
  },
});

async function serveConfig(file: string, roles: readonly Role[], context: Context): Promise<void> {
  const { loadConfig } = await import("../../../service/config/config-file.ts");
  const { openService } = await import("../../../service/open-file.ts");
  const { runService } = await import("../../../service/serve.ts");
  const { withoutRepeats } = await import("../../../service/events.ts");
  const tell = withoutRepeats(teller(context));
  const config = loadConfig(file);
  await untilSignal(async (signal) => {
    const { parts, close } = await openService(config, process.env, roles, tell);
    try {
      tell({ role: "service", level: "info", message: `${parts.name} runs: ${parts.roles.join(", ")}` });
      await runService(parts, signal);
    } finally {
      await close();
    }
  });
}

/** Writes each event as it comes. */
function teller({ write, json }: Context): OnEvent {
  return (event) => write((json ? eventJson : eventText)(event, new Date()));
}

function parseRole(text: string, name: string): readonly Role[] {
  const [, ...roles] = ROLE_NAMES;
  const found = roles.filter((role) => text === "all" || role === text);
  if (found.length > 0) return found;
  throw new BallastError("INVALID_INPUT", `There is no role ${JSON.stringify(text.slice(0, 40))}.`, {
    hint: `${name} is one of ${ROLE_NAMES.join(", ")}.`,
  });
}
