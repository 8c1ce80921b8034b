import {
  type Abi,
  type Address,
  type ContractEventName,
  type ParseEventLogsReturnType,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { BallastError } from "../../errors.ts";
import { isSameAddress } from "../address.ts";

/**
 * What a contract's event in a receipt says.
 * @throws {BallastError} CHAIN_ERROR when there is none: the contract isn't Ballast's.
 */
export function eventIn<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  address: Address,
  abi: abi,
  eventName: name,
): ParseEventLogsReturnType<abi, name, true>[number]["args"] {
  const logs = receipt.logs.filter((log) => isSameAddress(log.address, address));
  const [event] = parseEventLogs({ abi, eventName, logs });
  if (event !== undefined) return event.args;
  throw new BallastError("CHAIN_ERROR", `The contract ${address} does not tell what it did.`, {
    hint: "Check that the deployment's contracts are Ballast's.",
  });
}
