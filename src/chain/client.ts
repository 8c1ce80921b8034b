import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  type HttpTransport,
  http,
  type PublicClient,
  type TransactionReceipt,
  type WalletClient,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { BallastError } from "../errors.ts";
import { chainError } from "./errors.ts";
import { type NodeTroubleKind, nodeTrouble } from "./node-errors.ts";

/** Chains on which dev keys are allowed, by `LocalChain.sol` and here: anvil's and hardhat's id, geth's dev id. */
export const LOCAL_CHAIN_IDS: readonly number[] = [31_337, 1_337];

/** A node, for reading. */
export interface ChainReader {
  readonly chainId: number;
  readonly public: PublicClient<HttpTransport, Chain>;
}

/** A transaction to send; without `to` it creates a contract. */
export interface TransactionRequest {
  readonly to?: Address;
  readonly data: Hex;
  /** For errors, e.g. "attesting". */
  readonly doing: string;
  /**
   * Gas to give beyond the estimate and its margin. A node looks for the least gas with which a call succeeds, and may find so little that what the
   * call tries and goes on without has failed.
   */
  readonly spareGas?: bigint;
}

/** A node and an account that pays for transactions. */
export interface ChainClient extends ChainReader {
  readonly account: PrivateKeyAccount;
  readonly wallet: WalletClient<HttpTransport, Chain, Account>;
  /** Sends in the wallet's place, and waits for the receipt: where one loop alone may send with the account's key. */
  readonly outbox?: (request: TransactionRequest) => Promise<TransactionReceipt>;
}

/** Whether a chain exists for development only. */
export function isLocalChain(chainId: number): boolean {
  return LOCAL_CHAIN_IDS.includes(chainId);
}

/** How long a node is waited for. */
export interface Patience {
  /** Milliseconds for an answer. Default: 10,000. */
  readonly timeout?: number;
  /** How often a request is repeated that a node can't be asked. Default: once. */
  readonly retryCount?: number;
}

const PATIENCE: Required<Patience> = { timeout: 10_000, retryCount: 1 };

/**
 * Connects to a node for reading.
 * @throws {BallastError} CHAIN_ERROR when it does not answer: `details.node` says what keeps it.
 * @example
 * ```ts
 * import { connectReader, parseDeployment, viemReader } from "ballast";
 * const { chainId, public: client } = await connectReader("http://127.0.0.1:8545");
 * const deployment = parseDeployment(await (await fetch(`/deployments/${chainId}.json`)).json());
 * const attested = await viemReader(client, deployment).readAttested(BigInt(deployment.block));
 * console.log(`${attested.length} attestations`);
 * ```
 */
export async function connectReader(rpcUrl: string, patience: Patience = {}): Promise<ChainReader> {
  const { chain, publicClient } = await open(rpcUrl, patience);
  return { chainId: chain.id, public: publicClient };
}

/**
 * Connects to a node with an account.
 * @param privateKey 0x and 64 hex digits; it stays in this process and is in no error or log.
 * @throws {BallastError} CHAIN_ERROR when the node does not answer, INVALID_INPUT for a malformed key.
 * @example
 * ```ts
 * import { connect } from "ballast/chain";
 * const client = await connect("http://127.0.0.1:8545", `0x${"11".repeat(32)}`);
 * console.log(client.account.address, client.chainId);
 * ```
 */
export async function connect(rpcUrl: string, privateKey: Hex): Promise<ChainClient> {
  const account = accountOf(privateKey);
  const { chain, publicClient } = await open(rpcUrl);
  const wallet = createWalletClient({ account, chain, transport: http(rpcUrl, PATIENCE) });
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
  given: Patience = {},
): Promise<{ chain: Chain; publicClient: PublicClient<HttpTransport, Chain> }> {
  const patience = { ...PATIENCE, ...given };
  try {
    checkUrl(rpcUrl);
    const transport = http(rpcUrl, patience);
    const id = await chainIdOf(createPublicClient({ transport }));
    const chain = defineChain({
      id,
      name: `chain ${id}`,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    });
    const pollingInterval = isLocalChain(id) ? 50 : 4_000;
    return { chain, publicClient: createPublicClient({ chain, transport, pollingInterval }) };
  } catch (cause) {
    // Only here it is known how long was waited.
    if (cause instanceof Error && cause.name === "TimeoutError")
      throw cannotAsk("timeout", cause, `${(patience.timeout * (1 + patience.retryCount)) / 1_000} s`);
    throw chainError(cause, CONNECTING, "Check the RPC URL and that the node is running.");
  }
}

const CONNECTING = "connecting to the node";

/** @throws {BallastError} CHAIN_ERROR for what is no http URL. */
function checkUrl(rpcUrl: string): void {
  if (URL.canParse(rpcUrl) && /^https?:$/.test(new URL(rpcUrl).protocol)) return;
  throw cannotAsk("url");
}

/** @throws {BallastError} CHAIN_ERROR where something answers, but no chain id. */
async function chainIdOf(client: { getChainId(): Promise<number> }): Promise<number> {
  const id = await client.getChainId().catch((cause: unknown) => {
    // Not viem's own: what was answered could not be read as a number.
    if (cause instanceof TypeError || cause instanceof SyntaxError) throw cannotAsk("not a node", cause);
    throw cause;
  });
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw cannotAsk("not a node");
}

function cannotAsk(kind: NodeTroubleKind, cause?: unknown, more?: string): BallastError {
  const { what, hint } = nodeTrouble(kind, more);
  return new BallastError("CHAIN_ERROR", `Failed while ${CONNECTING}: ${what}.`, {
    hint,
    details: { node: kind },
    ...(cause === undefined ? {} : { cause }),
  });
}
