import { BallastError } from "../errors.ts";
import { readJsonFile, writeNewFile } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { type Bid, encodeBid, parseBid } from "./bid.ts";

/**
 * Writes a bid's file, readable by its owner only. Write it before the bid is committed: who loses it can't reveal, and
 * loses the bond. A file that exists is never overwritten: it may be all that opens another bid.
 * @throws {BallastError} FILE_ERROR when it exists or can't be written, OUT_OF_RANGE or INVALID_INPUT as `bidHash`.
 */
export function saveBid(path: string, bid: Bid): void {
  writeNewFile(path, encodeBid(bid), 0o600);
}

/**
 * Reads a bid's file.
 * @throws {BallastError} FILE_ERROR when it can't be read: the hint says what that means. INVALID_INPUT when it is no bid;
 *   nothing of the file is quoted.
 */
export function loadBid(path: string): Bid {
  try {
    return inFile(path, () => parseBid(readJsonFile(path, "bid")));
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    // No cause: its reader's message quotes no value, a parser's may.
    throw new BallastError(error.code, error.shortMessage, {
      hint: "Restore it from a backup: without it the bid can't be revealed, and its bond is lost when the reveal window ends.",
    });
  }
}
