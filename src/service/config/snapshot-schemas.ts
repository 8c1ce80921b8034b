import * as z from "zod";
import { path, section } from "./section.ts";

const ppm = z.int().min(1).max(1_000_000);
const seconds = (least: number, most: number) => z.int().min(least).max(most);
const currencies = z.array(z.string().min(1).max(10)).min(1).max(10);
const network = z.enum(["main", "test"]).default("main");

/** Where a market is read live. */
export const marketSchema = z.discriminatedUnion("kind", [
  /** A chain's file, watched. */
  section({ kind: z.literal("file"), path }),
  section({ kind: z.literal("deribit"), network, currencies, every: seconds(5, 3_600).default(30) }),
  section({
    kind: z.literal("ccxt"),
    exchange: z.string().regex(/^[a-z0-9]{2,40}$/),
    network,
    currencies,
    every: seconds(5, 3_600).default(60),
  }),
]);
export type MarketConfig = z.output<typeof marketSchema>;

/** A preset, or a policy's file. */
const policy = z.string().min(1).max(1_000);

/** Snapshots that the feed derives, and that signers sign. */
export const proposeSchema = section({
  market: marketSchema,
  policy,
  /** Seconds between two; and at least so many, however prices move. */
  every: seconds(30, 86_400).default(300),
  least: seconds(10, 86_400).default(60),
  /** Of an index price, after which one is proposed at once. */
  movePpm: ppm.default(10_000),
  /** Seconds after its market's time in which signatures are good: all signers sign the same. */
  publishWithin: seconds(60, 3_600).default(900),
});

/** One oracle's signer: BALLAST_SIGNER_KEY, and a market of its own. */
export const signerSchema = section({
  market: marketSchema,
  policy,
  /** How far a proposal may be from the own market; published with the signer's address. */
  pricePpm: ppm.default(5_000),
  volatilityPpm: ppm.default(30_000),
  ageSeconds: seconds(1, 3_600).default(60),
  missingPpm: z.int().min(0).max(1_000_000).default(100_000),
});

/** Either a file that is published by hand, or what signers sign. */
export const snapshotsSchema = section({
  file: path.optional(),
  propose: proposeSchema.optional(),
}).refine(({ file, propose }) => (file === undefined) !== (propose === undefined), {
  message: "must have file or propose, and not both",
});

/** How long what is old stays. */
export const keepSchema = section({
  snapshotHours: z.int().min(24).max(8_760).default(24),
  historyDays: z.int().min(1).max(3_650).default(30),
}).prefault({});
