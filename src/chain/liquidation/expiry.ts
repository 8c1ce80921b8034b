import { encodeFunctionData, type TransactionReceipt } from "viem";
import { BallastError } from "../../errors.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { afterClosing, type ExpiredClosing } from "../../liquidation/expiry.ts";
import type { Holding } from "../../risk/requirement.ts";
import { netPositions } from "../../risk/transfer.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { accountDeskAbi as abi } from "../generated/account-desk.ts";
import { guarded } from "../guarded.ts";
import { transact } from "../transact.ts";
import { encodeDeleverage } from "./encode.ts";
import { readEvents } from "./events.ts";
import { readAccount } from "./read-ledger.ts";
import type { LiquidationSystem } from "./system.ts";

type Reader = Pick<ChainReader, "public">;

/** What was closed of an account, as the chain tells: with the opening before, it opens the account after (`afterClosing`). */
export interface ClosedExpiry {
  readonly accountId: bigint;
  readonly instrumentId: number;
  /** Negative ones were short. */
  readonly lots: bigint;
  /** Lots of the settlement asset that the account was paid, signed. */
  readonly cash: bigint;
  /** Of the proof, Unix seconds. */
  readonly deadline: bigint;
}

/**
 * Closes what an account holds of expired instruments; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotDelivered, BreachToOpen, AccountIsLocked, ClosedTooSoon, InvalidDeleverageProof.
 */
export function closeExpired(
  client: ChainClient,
  { desk: to }: Pick<LiquidationSystem, "desk">,
  accountId: bigint,
  closings: readonly ExpiredClosing[],
): Promise<TransactionReceipt> {
  const list = closings.map((closing) => ({ ...closing, claim: encodeDeleverage(closing.claim) }));
  const data = encodeFunctionData({ abi, functionName: "closeExpired", args: [accountId, list] });
  return transact(client, { to, data, doing: "closing what has expired" });
}

/**
 * All closings of a venue's accounts, in the chain's order.
 * @param accountId of this account alone.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readClosings(
  reader: Reader,
  system: LiquidationSystem,
  accountId?: bigint,
): Promise<readonly ClosedExpiry[]> {
  const { events } = await readEvents(reader, system, { fromBlock: system.block, sources: ["desk"] });
  const closed = events.flatMap(({ name, args }) =>
    name === "ExpiredClosed" ? [args as unknown as ClosedExpiry] : [],
  );
  return accountId === undefined ? closed : closed.filter((closing) => closing.accountId === accountId);
}

/**
 * An account after what others closed of it, by the chain alone: for its owner, and for those to whom it was disclosed.
 * @param account as it was before one of the closings.
 * @param slots of the account's commitment.
 * @throws {BallastError} COMMITMENT_MISMATCH where closings alone don't lead from it to what the ledger has; CHAIN_ERROR.
 */
export async function readAfterClosings(
  reader: Reader,
  system: LiquidationSystem,
  account: OpenAccount,
  slots: number,
): Promise<OpenAccount> {
  const closings = await readClosings(reader, system, account.accountId);
  const { commitment } = await readAccount(reader, system, account.accountId);
  const { chainId, ledger, settlementId } = system;
  // From the last one backwards: how many of them the opening has seen is not said.
  for (let first = closings.length; first >= 0; first--) {
    const after = closings
      .slice(first)
      .reduce<OpenAccount>(
        (before, closed) =>
          afterClosing(before, settlementId, closed, { chainId, ledger, deadline: closed.deadline }),
        account,
      );
    if (commitmentOf(after, slots) === commitment) return after;
  }
  throw new BallastError(
    "COMMITMENT_MISMATCH",
    "Closings alone don't lead from this opening to what the ledger has.",
    {
      hint: "Use the opening of the account's last other change, and the circuits of the venue's number of slots.",
      details: { slots },
    },
  );
}

/**
 * What the delivery account has, which every solvency run counts: the other side of what is closed on one side alone.
 * @returns nothing once all of it is closed.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readDeliveryAccount(
  reader: Reader,
  system: LiquidationSystem,
): Promise<readonly Holding[]> {
  const ids = [...new Set((await readClosings(reader, system)).map(({ instrumentId }) => instrumentId))];
  const { desk: address, settlementId } = system;
  const read = { address, abi } as const;
  return guarded("reading the delivery account", async () => {
    const [cash, ...lots] = await Promise.all([
      reader.public.readContract({ ...read, functionName: "deliveredCash" }),
      ...ids.map((id) => reader.public.readContract({ ...read, functionName: "deliveredLots", args: [id] })),
    ]);
    const held = lots.map((quantity, i) => ({ instrumentId: ids[i] ?? 0, quantity }));
    return netPositions(held, [{ instrumentId: settlementId, quantity: cash }]);
  });
}
