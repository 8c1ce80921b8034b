/** Time, for whatever waits or says when: a service's roles all have the same one, which may run faster than the world's. */
export interface Clock {
  /** Unix milliseconds. */
  readonly now: () => bigint;
  /**
   * Waits by this clock.
   * @param milliseconds 0 or more.
   * @throws the signal's reason, when it is aborted before the time is over.
   */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** The longest wait that a timer takes, some 24 days: longer ones are cut into pieces. */
const LONGEST = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => BigInt(Date.now()),
  sleep: async (milliseconds, signal) => {
    for (let rest = milliseconds; ; rest -= LONGEST) {
      await pause(Math.min(rest, LONGEST), signal);
      if (rest <= LONGEST) return;
    }
  },
};

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    function stop(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}
