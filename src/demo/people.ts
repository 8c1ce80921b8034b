import { type ChainClient, connect } from "../chain/client.ts";
import { anvilKeys } from "../chain/node/anvil.ts";
import { BallastError } from "../errors.ts";

/** Connects everybody with anvil's keys, which are public knowledge, in their order. */
export async function connectAll<const Name extends string>(
  rpcUrl: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, ChainClient>>> {
  const keys = anvilKeys(names.length);
  const entries = await Promise.all(
    names.map(async (name, i) => {
      const key = keys[i];
      if (key === undefined) throw new BallastError("INTERNAL", "The local chain has too few accounts.");
      return [name, await connect(rpcUrl, key)] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<Name, ChainClient>;
}
