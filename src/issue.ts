import type * as z from "zod";
import { quoted } from "./text.ts";

const MOST_CHARACTERS = 160;

/**
 * What a schema found wrong, for an error's message. Keys that it doesn't know come from the document: they are quoted and cut.
 * @param issue the first of a failed parse; undefined gives `is not valid`.
 */
export function issueText(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "is not valid";
  if (issue.code !== "unrecognized_keys") return issue.message.slice(0, MOST_CHARACTERS);
  const [first = "", ...more] = issue.keys;
  return `unknown key ${quoted(first)}${more.length === 0 ? "" : ` and ${more.length} more`}`;
}
