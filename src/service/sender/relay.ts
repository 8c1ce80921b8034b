import { createPublicClient, type Hex, http } from "viem";

/** Sends signed transactions to a node of its own, e.g. a private relay. @param url may hold a key, and is in no message. */
export function relayOf(url: string): (raw: Hex) => Promise<Hex> {
  const client = createPublicClient({ transport: http(url) });
  return (serializedTransaction) => client.sendRawTransaction({ serializedTransaction });
}
