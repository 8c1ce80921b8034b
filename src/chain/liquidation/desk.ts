import { type Address, encodeFunctionData, parseEventLogs, type TransactionReceipt } from "viem";
import { BallastError } from "../../errors.ts";
import type { TransferClaim } from "../../liquidation/claims.ts";
import { isSameAddress } from "../address.ts";
import type { ChainClient } from "../client.ts";
import { accountDeskAbi as abi } from "../generated/account-desk.ts";
import { approveExactly } from "../token.ts";
import { transact } from "../transact.ts";
import { encodeTransfer } from "./encode.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

/**
 * Pays lots into an account from the client's tokens, which are approved here; anyone may. Purpose:
 * `deskPurpose("deposit", the caller)`.
 * @throws {BallastError} CHAIN_ERROR, e.g. AccountIsLocked, AccountFrozen, WrongTransfer, InvalidTransferProof.
 */
export async function depositIntoAccount(
  client: ChainClient,
  system: LiquidationSystem,
  claim: TransferClaim,
): Promise<TransactionReceipt> {
  const { desk: to } = system;
  const { token, unitsPerLot } = await readSettlement(client, system);
  if (claim.funding > 0n) await approveExactly(client, token, to, claim.funding * unitsPerLot);
  const data = encodeFunctionData({ abi, functionName: "deposit", args: [encodeTransfer(claim)] });
  return transact(client, { to, data, doing: "paying into the account" });
}

/**
 * Takes lots out of an account; its owner may. The vault pays them an hour later, whoever asks for it. Purpose:
 * `deskPurpose("withdraw", to)`.
 * @returns the vault's number for the payment, and the transaction.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotAllowed, OwnerUnsettled, AccountChallenged, BreachProven, AccountFrozen,
 *   NotInTierZero, NotEnoughLots, InvalidTransferProof.
 */
export async function withdrawFromAccount(
  client: ChainClient,
  { desk }: LiquidationSystem,
  claim: TransferClaim,
  to: Address,
): Promise<{ readonly withdrawalId: bigint; readonly receipt: TransactionReceipt }> {
  const data = encodeFunctionData({ abi, functionName: "withdraw", args: [encodeTransfer(claim), to] });
  const receipt = await transact(client, { to: desk, data, doing: "withdrawing from the account" });
  const logs = receipt.logs.filter(({ address }) => isSameAddress(address, desk));
  const [event] = parseEventLogs({ abi, eventName: "AccountWithdrawn", logs });
  if (event !== undefined) return { withdrawalId: event.args.withdrawalId, receipt };
  throw new BallastError("CHAIN_ERROR", "The account desk does not tell the withdrawal's number.", {
    hint: "Check that the deployment's account desk is Ballast's.",
  });
}
