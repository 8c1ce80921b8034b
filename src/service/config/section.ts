import * as z from "zod";

/** A key beside others that says something to people. */
const note = { "//": z.string().optional() };

/** A part of the configuration: no key but its own, and one for people. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ ...note, ...shape });
export const path = z.string().min(1).max(1_000);
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, "must be lower-case letters, digits and hyphens");
