import type { Address } from "viem";
import type { BidStore } from "../../actions/liquidation/bid.ts";
import type { ChainClient } from "../../chain/client.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { type Bid, encodeBid, parseBid, randomBidSalt } from "../../liquidation/bid.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { type Database, read } from "../store/database.ts";

/** A liquidator's sealed bids. Durable before they are committed: without its salt a bid can't be revealed, and its bond is lost. */
export class Bids {
  readonly #database: Database;
  readonly #keyring: Keyring;

  constructor(database: Database, keyring: Keyring) {
    this.#database = database;
    this.#keyring = keyring;
  }

  /** Keeps a bid for a case, unless one is kept, and gives a store that has it. @param cash lots. */
  async storeFor(
    { client, system }: { readonly client: ChainClient; readonly system: LiquidationSystem },
    { case: { caseId }, auction }: CaseView,
    cash: bigint,
  ): Promise<BidStore> {
    if (auction === undefined) throw new BallastError("INTERNAL", "The case has no auction.");
    const bidder = client.account.address;
    const { version } = auction;
    const place = { chainId: BigInt(system.chainId), auction: system.auction, caseId, version, bidder };
    const text = encodeBid({ ...place, cash, salt: randomBidSalt() });
    await this.#database.query(
      "insert into ballast.bids (case_id, bidder, sealed) values ($1, $2, $3) on conflict do nothing",
      [
        caseId.toString(),
        bidder,
        this.#keyring.seal(placeOf(caseId, bidder), new TextEncoder().encode(text)),
      ],
    );
    const kept = await this.get(caseId, bidder);
    return { keep: () => kept };
  }

  /** @throws {BallastError} BID_MISMATCH where none is kept; SEAL_BROKEN, INVALID_KEY. */
  async get(caseId: bigint, bidder: Address): Promise<Bid> {
    const [row] = await this.#database.query(
      "select sealed from ballast.bids where case_id = $1 and bidder = $2",
      [caseId.toString(), bidder],
    );
    if (row === undefined)
      throw new BallastError("BID_MISMATCH", `No bid of case ${caseId} is kept here.`, {
        hint: "It was made from elsewhere: reveal and settle it from there.",
      });
    const plain = this.#keyring.open(placeOf(caseId, bidder), read.bytes(row, "sealed"));
    return parseBid(parseJson(new TextDecoder().decode(plain), "sealed bid"));
  }
}

function placeOf(caseId: bigint, bidder: Address): string {
  return `bid ${caseId} ${bidder}`;
}
