import { chainError } from "./errors.ts";

/**
 * Reads from a chain.
 * @param doing for errors, e.g. "reading an attestation".
 * @throws {BallastError} CHAIN_ERROR for whatever `read` throws.
 */
export async function guarded<Result>(doing: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw chainError(error, doing);
  }
}
