import * as z from "zod";
import { name, path, section } from "./section.ts";

const account = z.string().min(1).max(200);

const fileVenueSchema = section({
  kind: z.literal("file"),
  name,
  /** A portfolio, lines of them, or a folder of both, watched. */
  path,
  declaredBy: z.enum(["venue", "self"]),
});
/** What accounts at exchanges have in common. */
const atExchange = {
  name,
  /** What the account is called in Ballast. */
  account,
  keyFile: path,
  network: z.enum(["main", "test"]),
  /** Positions, and assets without a price, that are left out on purpose. */
  leaveOut: z.array(z.string().min(1).max(64)).max(100).optional(),
};
const deribitSchema = section({
  kind: z.literal("deribit"),
  ...atExchange,
  subaccount: z.int().positive().optional(),
});
const deriveSchema = section({
  kind: z.literal("derive"),
  ...atExchange,
  subaccount: z.int().positive(),
  withUnsettled: z.boolean().default(false),
});
const ccxtSchema = section({
  kind: z.literal("ccxt"),
  ...atExchange,
  /** ccxt's name of it. */
  exchange: z.string().regex(/^[a-z0-9]{2,40}$/),
  /** Seconds between two readings: ccxt tells of no changes. */
  every: z.int().min(5).max(3_600).default(60),
  queries: z.array(z.record(z.string(), z.json())).min(1).max(20).optional(),
  asUsdc: z.array(z.string().min(1).max(10)).max(10).optional(),
  trustTotals: z.boolean().default(false),
});

export const venueSchema = z.discriminatedUnion("kind", [
  fileVenueSchema,
  deribitSchema,
  deriveSchema,
  ccxtSchema,
]);
export type VenueConfig = z.output<typeof venueSchema>;

/** One account of what several venues hold. Each of these is read for it alone. */
export const combinedSchema = section({
  name,
  account,
  of: z
    .array(
      section({
        venue: name,
        /** Of a venue of files: which of its accounts. */
        account: account.optional(),
      }),
    )
    .min(2)
    .max(10),
  /** Whether each part is an account of its own too, evaluated and proven: no cash moves between venues. */
  alone: z.boolean().default(true),
});
