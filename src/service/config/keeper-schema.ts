import * as z from "zod";
import { KEEPER_ROLES } from "../keeper/rules.ts";
import { amount, path, section } from "./section.ts";

const account = z.string().min(1).max(200);
const units = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,30})$/, "must be a whole number as text")
  .transform(BigInt);
const ppm = (most: number) => z.int().min(0).max(most);

/** What is done in cases, by the sender's key. */
export const keeperSchema = section({
  /** As whom: anyone, venue, liquidator, operator. */
  roles: z.array(z.enum(KEEPER_ROLES)).min(1).max(KEEPER_ROLES.length).default(["anyone"]),
  /** Of the gas of one step, at most. */
  stepEther: amount(18, "ether").prefault("0.05"),
  /** Smallest units of the settlement token in one bond or fee, at most. */
  bondUnits: units.prefault("0"),
  /** As anyone, only what pays more than it costs, at so many wei for a unit of the token. */
  onlyPaid: z.boolean().default(false),
  weiPerUnit: units.prefault("0"),
  dryRun: z.boolean().default(false),
  /** Of the venue: accounts that take slices, in this order, and the part of the freed margin that they are left. */
  takers: z.array(account).max(100).default([]),
  concessionPpm: ppm(100_000).default(10_000),
  /** Of the liquidator: what it bids and buys for, of the equity; 0 buys nothing. */
  taker: account.optional(),
  bidPpm: ppm(1_000_000).default(900_000),
  buyPpm: ppm(1_000_000).default(0),
  /** Of the liquidator: settles its bids without showing the account's equity, which takes the ceiling circuit's key. */
  unshown: z.boolean().default(false),
  disclosureKeyFile: path.optional(),
  /** Files of accounts whose openings the feed doesn't have: the liquidator's, the clearing house's. */
  accounts: z.array(path).max(100).default([]),
});

export type KeeperConfig = z.output<typeof keeperSchema>;
