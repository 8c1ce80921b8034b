import type { ChainClient } from "../../chain/client.ts";

/** The local chain's time, Unix seconds. */
export async function now({ public: client }: Pick<ChainClient, "public">): Promise<bigint> {
  return (await client.getBlock()).timestamp;
}

/** Makes a block of this time, unless it is past. */
export async function moveTo({ public: client }: Pick<ChainClient, "public">, time: bigint): Promise<void> {
  if (time <= (await now({ public: client }))) return;
  const request = client.request as (call: { method: string; params?: unknown[] }) => Promise<unknown>;
  await request({ method: "evm_setNextBlockTimestamp", params: [`0x${time.toString(16)}`] });
  await request({ method: "evm_mine" });
}
