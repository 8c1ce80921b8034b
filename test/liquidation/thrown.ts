/** What a call throws, to look at it closely. */
export function thrownBy(call: () => unknown): object {
  try {
    call();
  } catch (error) {
    return error as object;
  }
  throw new Error("nothing was thrown");
}

/** The same of a promise. */
export async function rejectedBy(promise: Promise<unknown>): Promise<object> {
  try {
    await promise;
  } catch (error) {
    return error as object;
  }
  throw new Error("nothing was thrown");
}
