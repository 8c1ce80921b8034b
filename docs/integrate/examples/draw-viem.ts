/**
 * Deploys Lender, compiled by solcjs, and draws on an account's line as whoever has the key. Needs nothing but viem:
 *
 *   npx tsx draw-viem.ts RPC_URL KEY_FILE BIN_FILE LEDGER COVERAGE_REGISTRY ACCOUNT
 */
import { readFileSync } from "node:fs";
import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  parseAbi,
  publicActions,
  toHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

const LENDER = parseAbi([
  "constructor(address ledger, address coverage, uint64 maxAge)",
  "function draw(uint256 accountId, uint256 amount)",
  "function drawn(uint256 accountId) view returns (uint256)",
  "error NotProvenHealthy(uint256 accountId)",
  "error NotYourAccount(uint256 accountId)",
  "error UnknownAccount(uint256 accountId)",
]);
const AN_HOUR = 3600n;

const [rpcUrl, keyFile, binFile, ledger, registry, account] = process.argv.slice(2);
if (keyFile === undefined || binFile === undefined || account === undefined)
  throw new Error("Give an RPC URL, a key file, the compiled lender, ledger, registry and an account.");

const client = createWalletClient({
  account: privateKeyToAccount(readFileSync(keyFile, "utf8").trim() as Hex),
  transport: http(rpcUrl),
}).extend(publicActions);
const deployed = await client.deployContract({
  abi: LENDER,
  bytecode: `0x${readFileSync(binFile, "utf8").trim()}`,
  args: [ledger as Address, registry as Address, AN_HOUR],
  chain: null,
});
const { contractAddress: address } = await client.waitForTransactionReceipt({ hash: deployed });
if (address === null || address === undefined) throw new Error("The lender was not deployed.");
const accountId = BigInt(keccak256(toHex(account))) >> 3n;
try {
  const call = { address, abi: LENDER, functionName: "draw", args: [accountId, 1_000n] } as const;
  await client.simulateContract(call);
  await client.waitForTransactionReceipt({ hash: await client.writeContract({ ...call, chain: null }) });
  const read = { address, abi: LENDER, functionName: "drawn", args: [accountId] } as const;
  console.log(`drawn    ${await client.readContract(read)}`);
} catch (error) {
  const revert =
    error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : null;
  if (!(revert instanceof ContractFunctionRevertedError)) throw error;
  console.log(`refused  ${revert.data?.errorName}`);
}
