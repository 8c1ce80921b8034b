import type * as z from "zod";
import { BallastError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { readTextFile } from "../node/files.ts";

/**
 * Reads a venue's key from its file. No error quotes anything of it.
 * @param form what the file holds, to show: `{"clientId": "…", "clientSecret": "…"}`.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT.
 */
export function loadVenueKey<Schema extends z.ZodType>(
  path: string,
  venue: string,
  schema: Schema,
  form: string,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(readTextFile(path, "key file"), `key file ${path}`));
  if (parsed.success) return parsed.data;
  throw new BallastError("INVALID_INPUT", `The key file ${path} is none of ${venue}'s.`, {
    hint: `It holds ${form} and nothing else.`,
  });
}
