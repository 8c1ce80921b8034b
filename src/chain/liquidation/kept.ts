import { decodeFunctionData, parseEventLogs, type TransactionReceipt } from "viem";
import { BallastError } from "../../errors.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { transferContext } from "../../liquidation/purpose.ts";
import { keptAccount } from "../../liquidation/transfers.ts";
import { toField } from "../../math/field.ts";
import { isSameAddress } from "../address.ts";
import type { ChainReader } from "../client.ts";
import { clearingHouseAbi } from "../generated/clearing-house.ts";
import { portfolioLedgerAbi } from "../generated/portfolio-ledger.ts";
import { portfolioSaleAbi } from "../generated/portfolio-sale.ts";
import { sealedAuctionAbi } from "../generated/sealed-auction.ts";
import { guarded } from "../guarded.ts";
import { readTimeline } from "./events.ts";
import type { LiquidationSystem } from "./system.ts";

type Reader = Pick<ChainReader, "public">;

/**
 * What a case left to its account that was handed over whole: an award, a purchase or a takeover. The opening follows from the
 * transaction alone; it is checked against the commitment that the transaction left.
 * @param slots of the account's commitment.
 * @throws {BallastError} INVALID_INPUT for a case that did not end so, or whose transaction went through another contract;
 *   COMMITMENT_MISMATCH; CHAIN_ERROR.
 */
export async function readKeptAccount(
  reader: Reader,
  system: LiquidationSystem,
  caseId: bigint,
  slots: number,
): Promise<OpenAccount> {
  const { public: client } = reader;
  const closed = (await readTimeline(reader, system, caseId, { sources: ["engine"] })).find(
    ({ name }) => name === "CaseClosed",
  );
  if (closed === undefined) throw notWhole(caseId, "it is open");
  const [transaction, receipt] = await guarded("reading the transaction that closed the case", () =>
    Promise.all([
      client.getTransaction({ hash: closed.transaction }),
      client.getTransactionReceipt({ hash: closed.transaction }),
    ]),
  );
  const claim = claimIn(transaction.input);
  if (claim === undefined) throw notWhole(caseId, "no award, purchase or takeover sent directly closed it");
  const moved = movedIn(receipt, system, claim.accountA, claim.accountB);
  if (moved === undefined) throw notWhole(caseId, "the ledger tells of no transfer");
  const { chainId, ledger, settlementId } = system;
  const { purpose, nonceA, nonceB, commitment } = moved;
  const { deadline } = claim;
  const context = transferContext({ chainId, ledger, purpose, nonceA, nonceB, deadline });
  const account = keptAccount(toField(claim.accountA), settlementId, claim.cash, context);
  if (commitmentOf(account, slots) === commitment) return account;
  throw new BallastError(
    "COMMITMENT_MISMATCH",
    "What the case left does not open the account's commitment.",
    {
      hint: "Give the circuits of the venue's number of slots.",
      details: { slots },
    },
  );
}

/** The transfer of a `settle`, `settleUnshown`, `buy` or `takeOver`. */
function claimIn(input: `0x${string}`) {
  for (const abi of [sealedAuctionAbi, portfolioSaleAbi, clearingHouseAbi] as const) {
    try {
      const { functionName, args } = decodeFunctionData({ abi, data: input });
      if (functionName === "settle" || functionName === "settleUnshown" || functionName === "takeOver")
        return args[1];
      if (functionName === "buy") return args[2];
    } catch {
      // Another contract's call.
    }
  }
  return undefined;
}

/** What the ledger says of the transfer; nonces are those before it. */
function movedIn(
  receipt: TransactionReceipt,
  { ledger }: LiquidationSystem,
  accountA: bigint,
  accountB: bigint,
) {
  const logs = receipt.logs.filter(({ address }) => isSameAddress(address, ledger));
  const abi = portfolioLedgerAbi;
  const changes = parseEventLogs({ abi, eventName: "CommitmentChanged", logs }).map(({ args }) => args);
  const [transfer] = parseEventLogs({ abi, eventName: "Transferred", logs });
  const a = changes.find(({ accountId }) => accountId === accountA);
  const b = changes.find(({ accountId }) => accountId === accountB);
  if (transfer === undefined || a === undefined || b === undefined) return undefined;
  const { purpose } = transfer.args;
  return { purpose, nonceA: a.nonce - 1, nonceB: b.nonce - 1, commitment: a.commitment };
}

function notWhole(caseId: bigint, why: string): BallastError {
  return new BallastError(
    "INVALID_INPUT",
    `Case ${caseId} left nothing that its transaction tells: ${why}.`,
    {
      hint: "Look at `ballast liquidate show`: only an award, a sale or a takeover hands an account over whole.",
    },
  );
}
