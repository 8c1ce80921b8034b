import { encodeFunctionData, type TransactionReceipt } from "viem";
import type { ExpiredClosing } from "../../liquidation/expiry.ts";
import type { Holding } from "../../risk/requirement.ts";
import { netPositions } from "../../risk/transfer.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { accountDeskAbi as abi } from "../generated/account-desk.ts";
import { guarded } from "../guarded.ts";
import { transact } from "../transact.ts";
import { encodeDeleverage } from "./encode.ts";
import { readEvents } from "./events.ts";
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
