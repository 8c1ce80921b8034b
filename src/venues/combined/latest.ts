/** What the newest value of one of several sources is. */
export interface Newest<Value> {
  readonly index: number;
  readonly value: Value;
}

/**
 * Follows several sources at once. Of what one says while nobody looks, the newest counts. Ends when all have ended, and with the first
 * error of any.
 */
export async function* latest<Value>(
  sources: readonly ((signal: AbortSignal) => AsyncIterable<Value>)[],
  signal: AbortSignal,
): AsyncGenerator<Newest<Value>> {
  const ending = new AbortController();
  const stop = (): void => ending.abort(signal.reason);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const waiting = new Map<number, Value>();
  let open = sources.length;
  let failure: { readonly error: unknown } | undefined;
  let wake: () => void = () => undefined;
  const pumps = sources.map(async (source, index) => {
    try {
      for await (const value of source(ending.signal)) {
        waiting.delete(index);
        waiting.set(index, value);
        wake();
      }
    } catch (error) {
      failure ??= { error };
    }
    open--;
    wake();
  });
  try {
    for (;;) {
      const [first] = waiting;
      if (first !== undefined) {
        waiting.delete(first[0]);
        yield { index: first[0], value: first[1] };
      } else if (failure !== undefined) throw failure.error;
      else if (open === 0) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener("abort", stop);
    ending.abort();
    await Promise.all(pumps);
  }
}
