import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { issueText } from "../../issue.ts";
import { keeperSchema } from "./keeper-schema.ts";
import { amount, path, section } from "./section.ts";
import { keepSchema, signerSchema, snapshotsSchema } from "./snapshot-schemas.ts";
import { combinedSchema, venueSchema } from "./venue-schemas.ts";

const seconds = (least: number, most: number) => z.int().min(least).max(most);

export const CONFIG_FORMAT = "ballast.config/1";

export const configSchema = section({
  format: z.literal(CONFIG_FORMAT),
  /** A folder of this machine: the embedded database, where DATABASE_URL is not set. */
  data: path,
  deployment: path,
  /** The coverage instance by whose slots accounts are committed, and with which they are proven. */
  circuit: z.string().min(1).max(64),
  snapshots: snapshotsSchema,
  /** An oracle's signer; left out, this service signs nothing. */
  signer: signerSchema.optional(),
  keep: keepSchema,
  venues: z.array(venueSchema).max(100),
  /** Accounts that several of the venues make. */
  combined: z.array(combinedSchema).max(100).default([]),
  prover: section({
    backend: z.enum(["auto", "ballast", "snarkjs", "rapidsnark"]).default("auto"),
    /** Proofs at once. */
    atOnce: z.int().min(1).max(16).default(1),
    /** Seconds for which a worker has a job without a heartbeat. */
    lease: seconds(3, 3_600).default(30),
  }).prefault({}),
  /** Where portfolios are pushed to; left out, nothing listens. Plain HTTP: what comes from elsewhere comes through what ends TLS. */
  api: section({
    host: z.string().min(1).max(255).default("127.0.0.1"),
    port: z.int().min(1).max(65_535).default(8080),
    /** Requests of one key, after a burst; of all keys at once. */
    perSecond: z.number().positive().max(10_000).default(20),
    burst: z.int().min(1).max(100_000).default(100),
    atOnce: z.int().min(1).max(10_000).default(64),
  }).optional(),
  plan: section({
    within: seconds(1, 86_400).default(120),
    renewBefore: seconds(1, 604_800).default(900),
    /** Proofs an hour that all workers make; what can't be renewed in time by it is shed. */
    capacity: z.int().min(1).max(1_000_000).optional(),
  }).prefault({}),
  /** What is done in cases, by the sender's key; left out, nothing. The deployment must have a liquidation. */
  keeper: keeperSchema.optional(),
  /** A venue's solvency runs over all accounts; left out, none. The deployment must have a solvency registry. */
  solvency: section({
    /** The batch circuit, of as many slots as `circuit`. */
    circuit: z.string().min(1).max(64),
    /** Where runs are kept: their private halves open every commitment. */
    folder: path,
    /** Seconds between the snapshots of two runs. */
    every: seconds(60, 2_678_400).default(86_400),
    /** Batches in the queue at once: at least as many as there are workers. */
    atOnce: z.int().min(1).max(256).default(16),
    /** Batches in a transaction. */
    chunk: z.int().min(1).max(64).default(16),
  }).optional(),
  sender: section({
    confirmations: z.int().min(1).max(1_000).default(2),
    maxFeeGwei: amount(9, "gwei").prefault("100"),
    spendADayEther: amount(18, "ether").prefault("0.1"),
    bumpAfter: seconds(1, 3_600).default(30),
    batch: z.int().min(1).max(64).default(64),
    dryRun: z.boolean().default(false),
    /** Where signed transactions go instead of the node that is read from. */
    relay: z.url({ protocol: /^https?$/ }).optional(),
  }).prefault({}),
});

export type Config = z.output<typeof configSchema>;

/** @throws {BallastError} INVALID_INPUT naming the first wrong place, and nothing that stands there. */
export function parseConfig(json: unknown): Config {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "the whole" : issue.path.join(".");
    throw new BallastError("INVALID_INPUT", `The configuration is wrong at ${where}: ${issueText(issue)}.`, {
      hint: "`ballast init` writes one with what each key means; docs/reference/schemas/config.json has all of them.",
    });
  }
  checkVenues(parsed.data);
  return parsed.data;
}

/** @throws {BallastError} INVALID_INPUT for a name that stands twice, or a combined account of what isn't there. */
function checkVenues({ venues, combined }: Config): void {
  const names = [...venues, ...combined].map((venue) => venue.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined) {
    throw new BallastError("INVALID_INPUT", `Two venues of the configuration are called ${twice}.`, {
      hint: "Each has a name of its own: events and readings say it.",
    });
  }
  const parts = combined.flatMap(({ of }) => of.map(({ venue }) => venue));
  const wrong = parts.find(
    (one, i) => parts.indexOf(one) !== i || !venues.some((venue) => venue.name === one),
  );
  if (wrong !== undefined) {
    throw new BallastError("INVALID_INPUT", `No venue called ${wrong} can be part of a combined account.`, {
      hint: "It must be one of the venues, and part of one combined account alone.",
    });
  }
}
