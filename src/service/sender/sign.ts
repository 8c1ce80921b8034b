import { type Address, type Hex, keccak256 } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import type { Attempt } from "./transactions.ts";

export interface ToSign extends Omit<Attempt, "hash" | "raw"> {
  readonly target: Address;
  readonly data: Hex;
  readonly gas: bigint;
  readonly nonce: number;
}

/** Signs a transaction; nothing is asked of a node. */
export async function signAttempt({ account, chainId }: ChainClient, call: ToSign): Promise<Attempt> {
  const { target: to, data, gas, nonce, fee, tip, isNoop, at } = call;
  const raw = await account.signTransaction({
    ...{ type: "eip1559", chainId, to, data, gas, nonce },
    ...{ maxFeePerGas: fee, maxPriorityFeePerGas: tip },
  });
  return { hash: keccak256(raw), raw, fee, tip, isNoop, at };
}
