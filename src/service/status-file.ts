import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { readJsonFile, writeFileAtomic } from "../node/files.ts";
import type { Status } from "./status.ts";

const whole = z.string().regex(/^-?(0|[1-9][0-9]*)$/);
const count = z.int().nonnegative();

/** A service's state as JSON: numbers beyond 2^53, ids and times are decimal texts, an absent value is null. */
export const statusSchema = z
  .strictObject({
    /** When it was read, Unix milliseconds by the machine's clock. */
    at: whole,
    accounts: count,
    tiers: z.array(count),
    fresh: count,
    snapshot: z.strictObject({ id: whole, time: whole }).nullable(),
    jobs: z.record(z.string(), count),
    proofs: z.record(z.string(), count),
    oldestUnproven: whole.nullable(),
    dead: z.array(z.strictObject({ job: z.string(), failure: z.string() })),
    spentToday: whole,
    leaders: z.array(z.strictObject({ role: z.string(), owner: z.string() })),
    processes: z.array(z.strictObject({ name: z.string(), roles: z.string(), silent: z.int() })),
  })
  .meta({ id: "Status" });
export type StatusJson = z.output<typeof statusSchema>;

/** @param at Unix milliseconds by the machine's clock. */
export function statusJson(status: Status, at: bigint): StatusJson {
  const text = JSON.stringify({ ...status, at }, (_, value: unknown) => {
    if (value === undefined) return null;
    return typeof value === "bigint" ? value.toString() : value;
  });
  return statusSchema.parse(parseJson(text, "status"));
}

/** An embedded database is one process's: what others may know of it stands in a file beside it. */
export function writeStatus(folder: string, status: StatusJson): void {
  writeFileAtomic(pathIn(folder), `${JSON.stringify(status, null, 2)}\n`);
}

/** @throws {BallastError} FILE_ERROR where no service runs there, INVALID_INPUT for another version's. */
export function readStatusFile(folder: string): StatusJson {
  const hint = "Start `ballast serve`, or set DATABASE_URL as it has it.";
  if (!existsSync(pathIn(folder)))
    throw new BallastError("FILE_ERROR", `${folder} has no status: no service runs there.`, { hint });
  const parsed = statusSchema.safeParse(readJsonFile(pathIn(folder), "status"));
  if (parsed.success) return parsed.data;
  throw new BallastError("INVALID_INPUT", `The status in ${folder} is another version's.`, { hint });
}

function pathIn(folder: string): string {
  return join(folder, "status.json");
}
