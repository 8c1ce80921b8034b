import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type TransactionReceipt,
} from "viem";
import type { ChainClient } from "../client.ts";
import { transact } from "../transact.ts";
import type { LiquidationSystem } from "./system.ts";

/** Gas for what a call tries beside its purpose: paying what the clearing house is owed. */
export const BESIDE_GAS = 500_000n;

/** Sends calls of one contract of a system; the estimate of their gas leaves out what they try and go on without. */
export function sender<const Interface extends Abi>(
  abi: Interface,
  part: "engine" | "challenges" | "auction" | "sale",
) {
  return <Name extends ContractFunctionName<Interface, "nonpayable">>(
    client: ChainClient,
    system: LiquidationSystem,
    functionName: Name,
    args: ContractFunctionArgs<Interface, "nonpayable", Name>,
    doing: string,
  ): Promise<TransactionReceipt> => {
    const data = encodeFunctionData({ abi, functionName, args } as Parameters<typeof encodeFunctionData>[0]);
    return transact(client, { to: system[part], data, doing, spareGas: BESIDE_GAS });
  };
}
