import type { Field } from "../../math/field.ts";
import { rest } from "../leader.ts";
import { isGone } from "../store/database.ts";
import type { Progress, ProgressEntry } from "./progress.ts";

export interface StreamTimes {
  /** Milliseconds between two looks where nothing was new. */
  readonly poll: number;
  /** Between two signs of life. */
  readonly beat: number;
}

const TIMES: StreamTimes = { poll: 500, beat: 15_000 };
/** Entries of one look. */
const AT_ONCE = 500;

export interface StreamQuestion {
  /** The place up to which the reader knows; left out: from now on. */
  readonly after?: bigint;
  readonly account?: Field;
}

/**
 * Progress as server-sent events, until the signal or until the reader may read no more. A reader that comes back with the last id that it
 * saw misses nothing; where what it missed is no longer kept, an event `gap` says so.
 * @param mayGoOn asked at each sign of life.
 */
export async function* progressStream(
  progress: Progress,
  { after, account }: StreamQuestion,
  mayGoOn: () => Promise<boolean>,
  signal: AbortSignal,
  { poll, beat }: StreamTimes = TIMES,
): AsyncGenerator<string> {
  const { oldest, newest } = await progress.bounds();
  let place = after ?? newest;
  yield "retry: 2000\n: progress\n\n";
  if (place > newest || (place > 0n && place < oldest - 1n)) {
    place = 0n;
    yield "event: gap\ndata: {}\n\n";
  }
  let said = performance.now();
  while (!signal.aborted) {
    const entries = await looked(progress, place, account);
    for (const entry of entries) {
      place = BigInt(entry.id);
      yield eventText(entry);
    }
    if (entries.length > 0) continue;
    if (performance.now() - said >= beat) {
      if (!(await mayGoOn())) return;
      said = performance.now();
      yield ": there\n\n";
    }
    await rest(poll, signal);
  }
}

/** A database that is away is waited for. */
async function looked(progress: Progress, place: bigint, account?: Field): Promise<readonly ProgressEntry[]> {
  try {
    return await progress.after(place, AT_ONCE, account);
  } catch (error) {
    if (!isGone(error)) throw error;
    return [];
  }
}

function eventText(entry: ProgressEntry): string {
  return `id: ${entry.id}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entry)}\n\n`;
}
