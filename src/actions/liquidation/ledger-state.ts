import { readEvents } from "../../chain/liquidation/events.ts";
import { type LedgerAccount, readAccount } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import type { LiquidationContext } from "./context.ts";

type Ledger = Pick<LiquidationContext, "client" | "system">;

/** What the ledger says of an account's commitment: it has it, had it, or never did. @throws {BallastError} CHAIN_ERROR. */
export async function commitmentState(
  { client, system }: Ledger,
  accountId: bigint,
  commitment: bigint,
): Promise<"current" | "past" | "never"> {
  const account = await findAccount({ client, system }, accountId);
  if (account === undefined) return "never";
  if (account.commitment === commitment) return "current";
  const { events } = await readEvents(client, system, { fromBlock: system.block, sources: ["ledger"] });
  const isPast = events.some(
    ({ args }) => args["accountId"] === accountId && args["commitment"] === commitment,
  );
  return isPast ? "past" : "never";
}

/** @returns undefined for an account that the ledger doesn't know. @throws {BallastError} CHAIN_ERROR. */
export async function findAccount(
  { client, system }: Ledger,
  accountId: bigint,
): Promise<LedgerAccount | undefined> {
  try {
    return await readAccount(client, system, accountId);
  } catch (error) {
    if (error instanceof BallastError && error.details["error"] === "UnknownAccount") return undefined;
    throw error;
  }
}
