import { type Address, encodeFunctionData, type Hex, keccak256, type TransactionReceipt } from "viem";
import type { ChainClient, ChainReader } from "./client.ts";
import { verifierRegistryAbi } from "./generated/verifier-registry.ts";
import { guarded } from "./guarded.ts";
import { transact } from "./transact.ts";

/** Every contract whose changes wait has these functions (`IGoverned`). */
const abi = verifierRegistryAbi;

/** A call to a contract whose changes wait. */
export interface WaitingCall {
  readonly target: Address;
  /** Selector and arguments. */
  readonly call: Hex;
}

/** The number that `cancel` takes: keccak256 of the call. */
export function callIdOf({ call }: Pick<WaitingCall, "call">): Hex {
  return keccak256(call);
}

/**
 * Announces a call, which anybody can make in two days; only the owner may.
 * @throws {BallastError} CHAIN_ERROR, e.g. OwnableUnauthorizedAccount, AlreadyScheduled.
 */
export function scheduleCall(
  client: ChainClient,
  { target, call }: WaitingCall,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "schedule", args: [call] });
  return transact(client, { to: target, data, doing: "scheduling the call" });
}

/**
 * Makes a call that has waited two days, and no more than sixteen; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotScheduled, NotReady, or what the call itself reverts with.
 */
export function executeCall(client: ChainClient, { target, call }: WaitingCall): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "execute", args: [call] });
  return transact(client, { to: target, data, doing: "executing the call" });
}

/**
 * Takes an announced call back; only the owner may.
 * @throws {BallastError} CHAIN_ERROR, e.g. OwnableUnauthorizedAccount, NotScheduled.
 */
export function cancelCall(client: ChainClient, { target, call }: WaitingCall): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "cancel", args: [callIdOf({ call })] });
  return transact(client, { to: target, data, doing: "cancelling the call" });
}

/** From when on a call can be made, Unix seconds; 0 when it isn't scheduled. @throws {BallastError} CHAIN_ERROR. */
export function readReadyAt(
  { public: client }: Pick<ChainReader, "public">,
  { target, call }: WaitingCall,
): Promise<bigint> {
  const args = [callIdOf({ call })] as const;
  return guarded("reading what is scheduled", () =>
    client.readContract({ address: target, abi, functionName: "readyAtOf", args }),
  );
}
