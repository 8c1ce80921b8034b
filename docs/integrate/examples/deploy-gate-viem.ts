/**
 * Deploys MarginGate, compiled by solcjs, and asks it about an account. Needs nothing but viem:
 *
 *   npx tsx deploy-gate-viem.ts RPC_URL KEY_FILE BIN_FILE LEDGER COVERAGE_REGISTRY ACCOUNT
 */
import { readFileSync } from "node:fs";
import {
  type Address,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  parseAbi,
  publicActions,
  toHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

const GATE = parseAbi([
  "constructor(address ledger, address coverage, uint64 maxAge)",
  "function isProvenHealthy(uint256 accountId) view returns (bool)",
]);
const AN_HOUR = 3600n;

const [rpcUrl, keyFile, binFile, ledger, registry, account] = process.argv.slice(2);
if (keyFile === undefined || binFile === undefined || account === undefined)
  throw new Error("Give an RPC URL, a key file, the compiled gate, ledger, registry and an account.");

const client = createWalletClient({
  account: privateKeyToAccount(readFileSync(keyFile, "utf8").trim() as Hex),
  transport: http(rpcUrl),
}).extend(publicActions);
const hash = await client.deployContract({
  abi: GATE,
  bytecode: `0x${readFileSync(binFile, "utf8").trim()}`,
  args: [ledger as Address, registry as Address, AN_HOUR],
  chain: null,
});
const { contractAddress } = await client.waitForTransactionReceipt({ hash });
if (contractAddress === null || contractAddress === undefined) throw new Error("The gate was not deployed.");
const healthy = await client.readContract({
  address: contractAddress,
  abi: GATE,
  functionName: "isProvenHealthy",
  args: [BigInt(keccak256(toHex(account))) >> 3n],
});
console.log(`gate     ${contractAddress}`);
console.log(`healthy  ${healthy}`);
