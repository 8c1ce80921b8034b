import * as z from "zod";
import { parseDecimal } from "../../math/decimal.ts";

/** A key beside others that says something to people. */
const note = { "//": z.string().optional() };

/** A part of the configuration: no key but its own, and one for people. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ ...note, ...shape });
export const path = z.string().min(1).max(1_000);
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, "must be lower-case letters, digits and hyphens");

/** A decimal number of a unit, as smallest parts of it. */
export const amount = (decimals: number, unit: string) =>
  z
    .string()
    .regex(
      new RegExp(`^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,${decimals}})?$`),
      `must be a decimal number of ${unit} as text, e.g. "0.5"`,
    )
    .transform((text) => parseDecimal(text, decimals, unit));
