import type { Clock } from "../clock.ts";
import { BallastError } from "../errors.ts";
import type { Refusal } from "./venue.ts";

/** A refusal of a caught error. Whatever is no {@link BallastError} is a bug, and thrown on. */
export function refusalOf(
  source: { readonly name: string; readonly clock: Clock },
  error: unknown,
  account?: string,
): { readonly refusal: Refusal } {
  if (!(error instanceof BallastError)) throw error;
  const at = source.clock.now();
  return {
    refusal: { venue: source.name, at, error, ...(account === undefined ? {} : { account }) },
  };
}

/** Waits. @returns whether the time is over; false when the signal ended it. */
export async function waited(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(milliseconds, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
