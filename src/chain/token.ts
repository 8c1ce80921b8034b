import { type Address, encodeFunctionData, erc20Abi, type TransactionReceipt } from "viem";
import { BallastError } from "../errors.ts";
import type { ChainClient, ChainReader } from "./client.ts";
import { guarded } from "./guarded.ts";
import { transact } from "./transact.ts";

/** What an account has of a token, in its smallest units. @throws {BallastError} CHAIN_ERROR. */
export function readBalance(
  { public: client }: Pick<ChainReader, "public">,
  token: Address,
  account: Address,
): Promise<bigint> {
  return guarded("reading the token", () =>
    client.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [account] }),
  );
}

/**
 * Approves what a contract is about to take from the client's account: exactly the amount, and nothing when that much is
 * approved already.
 * @param amount token units.
 * @param what it is for, as the error says it, e.g. "20001 lots".
 * @throws {BallastError} CHAIN_ERROR when the account has less than that, before anything is sent.
 */
export async function approveExactly(
  client: ChainClient,
  token: Address,
  spender: Address,
  amount: bigint,
  what?: string,
): Promise<void> {
  if (amount === 0n) return;
  const owner = client.account.address;
  const [balance, allowance] = await Promise.all([
    readBalance(client, token, owner),
    guarded("reading the token", () =>
      client.public.readContract({
        address: token,
        abi: erc20Abi,
        functionName: "allowance",
        args: [owner, spender],
      }),
    ),
  ]);
  if (balance < amount) {
    throw new BallastError("CHAIN_ERROR", `${owner} has too little of the token ${token}.`, {
      hint: `It takes ${amount} of its units${what === undefined ? "" : ` (${what})`}, and the account has ${balance}.`,
      details: { error: "InsufficientBalance" },
    });
  }
  if (allowance >= amount) return;
  // Some tokens refuse to change an approval that is not zero.
  if (allowance > 0n) await approve(client, token, spender, 0n);
  await approve(client, token, spender, amount);
}

function approve(
  client: ChainClient,
  token: Address,
  spender: Address,
  amount: bigint,
): Promise<TransactionReceipt> {
  // Not by the return value: some tokens return nothing.
  const data = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [spender, amount] });
  return transact(client, { to: token, data, doing: "approving the payment" });
}
