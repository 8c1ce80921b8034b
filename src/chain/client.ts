import {
  type Account,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  type HttpTransport,
  http,
  type PublicClient,
  type WalletClient,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { BallastError } from "../errors.ts";
import { chainError } from "./errors.ts";

/** Chains on which dev keys are allowed, by `LocalChain.sol` and here: anvil's and hardhat's id, geth's dev id. */
export const LOCAL_CHAIN_IDS: readonly number[] = [31_337, 1_337];

/** A node, for reading. */
export interface ChainReader {
  readonly chainId: number;
  readonly public: PublicClient<HttpTransport, Chain>;
}

/** A node and an account that pays for transactions. */
export interface ChainClient extends ChainReader {
  readonly account: PrivateKeyAccount;
  readonly wallet: WalletClient<HttpTransport, Chain, Account>;
}

/** Whether a chain exists for development only. */
export function isLocalChain(chainId: number): boolean {
  return LOCAL_CHAIN_IDS.includes(chainId);
}

/**
 * Connects to a node for reading.
 * @throws {BallastError} CHAIN_ERROR when it does not answer.
 */
export async function connectReader(rpcUrl: string): Promise<ChainReader> {
  const { chain, publicClient } = await open(rpcUrl);
  return { chainId: chain.id, public: publicClient };
}

/**
 * Connects to a node with an account.
 * @param privateKey 0x and 64 hex digits; it stays in this process and is in no error or log.
 * @throws {BallastError} CHAIN_ERROR when the node does not answer, INVALID_INPUT for a malformed key.
 */
export async function connect(rpcUrl: string, privateKey: Hex): Promise<ChainClient> {
  const account = accountOf(privateKey);
  const { chain, publicClient } = await open(rpcUrl);
  const wallet = createWalletClient({ account, chain, transport: http(rpcUrl) });
  return { chainId: chain.id, public: publicClient, account, wallet };
}

/** @throws {BallastError} INVALID_INPUT, without the key in it. */
export function accountOf(privateKey: Hex): PrivateKeyAccount {
  try {
    return privateKeyToAccount(privateKey);
  } catch {
    throw new BallastError("INVALID_INPUT", "The private key is malformed.", {
      hint: "Write it as 0x and 64 hex digits.",
    });
  }
}

async function open(
  rpcUrl: string,
): Promise<{ chain: Chain; publicClient: PublicClient<HttpTransport, Chain> }> {
  try {
    const id = await createPublicClient({ transport: http(rpcUrl) }).getChainId();
    const chain = defineChain({
      id,
      name: `chain ${id}`,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    });
    const pollingInterval = isLocalChain(id) ? 50 : 4_000;
    return { chain, publicClient: createPublicClient({ chain, transport: http(rpcUrl), pollingInterval }) };
  } catch (cause) {
    throw chainError(cause, "connecting to the node", "Check the RPC URL and that the node is running.");
  }
}
