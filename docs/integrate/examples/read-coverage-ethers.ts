/**
 * Prints an account's margin tier as the chain knows it. Needs nothing but ethers:
 *
 *   npx tsx read-coverage-ethers.ts RPC_URL LEDGER COVERAGE_REGISTRY ACCOUNT
 */
import { Contract, id, JsonRpcProvider, toBeHex } from "ethers";

const LEDGER = [
  "function commitmentOf(uint256 accountId) view returns (uint256)",
  "error UnknownAccount(uint256 accountId)",
];
const COVERAGE = [
  "function attestation(uint256 accountId, uint256 commitment) view returns (tuple(bool exists, bool isCurrent, uint8 tier, uint64 snapshotTime, uint64 attestedAt, uint64 expiresAt, uint256 snapshotId, bytes32 circuitId))",
];

const [rpcUrl, ledger, registry, account] = process.argv.slice(2);
if (rpcUrl === undefined || ledger === undefined || registry === undefined || account === undefined)
  throw new Error("Give an RPC URL, the ledger's and the registry's address, and an account.");

// An account is named by a number, or by a text whose hash without its last three bits is the number.
const accountId = account.startsWith("0x") ? BigInt(account) : BigInt(id(account)) >> 3n;
const provider = new JsonRpcProvider(rpcUrl);
const commitment = await new Contract(ledger, LEDGER, provider).getFunction("commitmentOf")(accountId);
const found = await new Contract(registry, COVERAGE, provider).getFunction("attestation")(
  accountId,
  commitment,
);
provider.destroy();
console.log(`account  ${toBeHex(accountId, 32)}`);
console.log(`attested ${found.exists}`);
console.log(`current  ${found.isCurrent}`);
if (found.exists) {
  console.log(`tier     ${found.tier}`);
  console.log(`market   ${new Date(Number(found.snapshotTime) * 1000).toISOString()}`);
  console.log(`expires  ${new Date(Number(found.expiresAt) * 1000).toISOString()}`);
}
