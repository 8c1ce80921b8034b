/**
 * `Promise.all` over a list, so many at a time, in order of the list.
 * @param atOnce at least 1.
 * @returns results in the order of the list. The first failure is thrown when those under way have ended; no more are begun.
 */
export async function mapParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const walk = async (): Promise<void> => {
    while (failure === undefined && next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item, index);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, walk));
  if (failure !== undefined) throw failure.error;
  return results;
}
