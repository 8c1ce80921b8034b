import { signal } from "@preact/signals";
import { BallastError } from "../errors.ts";
import type { Source, VenueRead } from "./source/read.ts";

/** What went wrong, and what to do about it. */
export interface Trouble {
  readonly what: string;
  readonly hint?: string;
}

/** What was read last. */
export const venue = signal<VenueRead | undefined>(undefined);
export const trouble = signal<Trouble | undefined>(undefined);
/** Whether nodes are being asked. */
export const isReading = signal(false);

/** Reads a venue and shows it, or what kept it from being read. What is shown is never of an earlier question. */
export async function look(source: Source): Promise<void> {
  isReading.value = true;
  venue.value = undefined;
  trouble.value = undefined;
  try {
    const { readSource } = await import("./source/read.ts");
    venue.value = await readSource(source);
  } catch (error) {
    trouble.value = troubleOf(error);
  } finally {
    isReading.value = false;
  }
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof BallastError)
    return { what: error.shortMessage, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  const { message } = error instanceof Error ? error : { message: "unknown" };
  return { what: "The page failed by an error of its own.", hint: message };
}
