/**
 * Prints the key figures of a venue's latest solvency attestation. Needs nothing but ethers:
 *
 *   npx tsx read-attestation-ethers.ts RPC_URL REGISTRY
 */
import { Contract, formatUnits, JsonRpcProvider, MaxUint256 } from "ethers";

const HELD_RESERVE = "tuple(uint32 instrumentId, uint64 lots, uint160 held)";
const ATTESTATION = `tuple(bool exists, bool isCurrent, bytes32 runId, uint256 snapshotId, uint256 accountsRoot, bytes32 batchCircuit, bytes32 reportCircuit, uint64 snapshotTime, uint64 attestedAt, uint64 expiresAt, uint32 batches, uint256 accounts, uint32[5] accountsByTier, uint256 currentShortfall, uint256 worstScenario, uint256 worstShortfall, uint256 cover1Scenario, uint256 cover1Shortfall, uint256 cover2Scenario, uint256 cover2Shortfall, uint96[6] demand, uint256 insuranceFund, uint256 gammaReserve, uint256 coverageRatio, ${HELD_RESERVE}[] reserves)`;

const [rpcUrl, registry] = process.argv.slice(2);
if (rpcUrl === undefined || registry === undefined)
  throw new Error("Give an RPC URL and the registry's address.");

const provider = new JsonRpcProvider(rpcUrl);
const contract = new Contract(registry, [`function latest() view returns (${ATTESTATION})`], provider);
const found = await contract.getFunction("latest")();
provider.destroy();
if (!found.exists) throw new Error("The venue has no attestation.");

const usd = (micros: bigint) => `${formatUnits(micros, 6).replace(/\.0$/, "")} USD`;
const ratio =
  found.coverageRatio === MaxUint256
    ? "no shortfall"
    : formatUnits(found.coverageRatio, 6).replace(/\.0$/, "");
console.log(`run                ${found.runId}`);
console.log(`current            ${found.isCurrent}`);
console.log(`expires            ${new Date(Number(found.expiresAt) * 1000).toISOString()}`);
console.log(`accounts           ${found.accounts}`);
console.log(`accounts by tier   ${found.accountsByTier.join(" ")}`);
console.log(`shortfall now      ${usd(found.currentShortfall)}`);
console.log(`worst shortfall    ${usd(found.worstShortfall)}, scenario ${found.worstScenario}`);
console.log(`cover 1            ${usd(found.cover1Shortfall)}`);
console.log(`cover 2            ${usd(found.cover2Shortfall)}`);
console.log(`insurance fund     ${usd(found.insuranceFund)}`);
console.log(`Gamma Reserve      ${usd(found.gammaReserve)}`);
console.log(`coverage           ${ratio}`);
for (const { instrumentId, lots, held } of found.reserves) {
  console.log(`reserve ${String(instrumentId).padEnd(11)}${lots} lots, the vault held ${held}`);
}
