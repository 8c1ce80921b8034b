/**
 * Prints an account's margin tier as the chain knows it. Needs nothing but viem:
 *
 *   npx tsx read-coverage-viem.ts RPC_URL LEDGER COVERAGE_REGISTRY ACCOUNT
 */
import { type Address, createPublicClient, http, keccak256, parseAbi, toHex } from "viem";

const LEDGER = parseAbi([
  "function commitmentOf(uint256 accountId) view returns (uint256)",
  "error UnknownAccount(uint256 accountId)",
]);
const COVERAGE = parseAbi([
  "struct Attestation { bool exists; bool isCurrent; uint8 tier; uint64 snapshotTime; uint64 attestedAt; uint64 expiresAt; uint256 snapshotId; bytes32 circuitId; }",
  "function attestation(uint256 accountId, uint256 commitment) view returns (Attestation)",
]);

const [rpcUrl, ledger, registry, account] = process.argv.slice(2);
if (rpcUrl === undefined || ledger === undefined || registry === undefined || account === undefined)
  throw new Error("Give an RPC URL, the ledger's and the registry's address, and an account.");

// An account is named by a number, or by a text whose hash without its last three bits is the number.
const accountId = account.startsWith("0x") ? BigInt(account) : BigInt(keccak256(toHex(account))) >> 3n;
const client = createPublicClient({ transport: http(rpcUrl) });
const commitment = await client.readContract({
  address: ledger as Address,
  abi: LEDGER,
  functionName: "commitmentOf",
  args: [accountId],
});
const found = await client.readContract({
  address: registry as Address,
  abi: COVERAGE,
  functionName: "attestation",
  args: [accountId, commitment],
});
console.log(`account  ${toHex(accountId, { size: 32 })}`);
console.log(`attested ${found.exists}`);
console.log(`current  ${found.isCurrent}`);
if (found.exists) {
  console.log(`tier     ${found.tier}`);
  console.log(`market   ${new Date(Number(found.snapshotTime) * 1000).toISOString()}`);
  console.log(`expires  ${new Date(Number(found.expiresAt) * 1000).toISOString()}`);
}
