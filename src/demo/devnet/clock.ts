import { connectReader, isLocalChain } from "../../chain/client.ts";
import { chainError } from "../../chain/errors.ts";
import { guarded } from "../../chain/guarded.ts";
import { BallastError } from "../../errors.ts";

/**
 * Moves a local chain's clock on.
 * @returns its time from then on, Unix seconds.
 * @throws {BallastError} INVALID_INPUT for another chain; CHAIN_ERROR.
 */
export async function moveClock(rpcUrl: string, seconds: number): Promise<bigint> {
  const { chainId, public: client } = await connectReader(rpcUrl);
  if (!isLocalChain(chainId)) {
    throw new BallastError("INVALID_INPUT", `Chain ${chainId} is no local chain: its clock is its own.`, {
      hint: "Give the node of a local chain.",
      inputs: ["chain.rpc", "devnet"],
    });
  }
  try {
    await client.request({ method: "evm_increaseTime", params: [seconds] } as never);
    await client.request({ method: "evm_mine" } as never);
  } catch (cause) {
    throw chainError(cause, "moving the clock", "anvil and hardhat can; other nodes may not.");
  }
  return (await guarded("reading the latest block", () => client.getBlock())).timestamp;
}
