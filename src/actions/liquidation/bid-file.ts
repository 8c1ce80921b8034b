import { BallastError } from "../../errors.ts";
import type { Bid } from "../../liquidation/bid.ts";
import { loadBid, saveBid } from "../../liquidation/bid-file.ts";
import type { BidStore } from "./bid.ts";

/** Keeps one bid in a file, for its owner only; where the file exists already, it is that bid, if it is for the same. */
export class FileBid implements BidStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  keep(bid: Bid): Bid {
    try {
      saveBid(this.#path, bid);
      return bid;
    } catch (error) {
      const found = savedBid(this.#path);
      if (found === undefined) throw error;
      const { salt: _, ...terms } = bid;
      const isSame = (Object.keys(terms) as (keyof typeof terms)[]).every((key) => found[key] === bid[key]);
      if (isSame) return found;
      throw new BallastError("BID_MISMATCH", `${this.#path} is another bid.`, {
        hint: "It is not overwritten: choose another file, or bid as it says.",
      });
    }
  }
}

/** A case's bid. @throws {BallastError} BID_MISMATCH for another case's; as `loadBid`. */
export function loadBidFor(path: string, caseId: bigint): Bid {
  const bid = loadBid(path);
  if (bid.caseId === caseId) return bid;
  throw new BallastError("BID_MISMATCH", `${path} is a bid for case ${bid.caseId}, not for case ${caseId}.`, {
    hint: "Give the file that was written when this case's bid was committed.",
  });
}

function savedBid(path: string): Bid | undefined {
  try {
    return loadBid(path);
  } catch {
    return undefined;
  }
}
