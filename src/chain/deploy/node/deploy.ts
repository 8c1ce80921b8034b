import {
  type Address,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
  parseAbi,
  zeroAddress,
} from "viem";
import { BallastError } from "../../../errors.ts";
import { checkKey } from "../../../prover/check-key.ts";
import { circuitId, keyHash } from "../../../prover/verifying-key.ts";
import { type ChainClient, type ChainReader, isLocalChain } from "../../client.ts";
import { chainError } from "../../errors.ts";
import { collateralVaultAbi } from "../../generated/collateral-vault.ts";
import { coverageRegistryAbi } from "../../generated/coverage-registry.ts";
import { coverageVerifierAbi } from "../../generated/coverage-verifier.ts";
import { snapshotOracleAbi } from "../../generated/snapshot-oracle.ts";
import { solvencyRegistryAbi } from "../../generated/solvency-registry.ts";
import { verifierRegistryAbi } from "../../generated/verifier-registry.ts";
import { scheduleCall, type WaitingCall } from "../../governed.ts";
import { guarded } from "../../guarded.ts";
import { contractBytecode } from "../../node/artifacts.ts";
import { checkVolatilityOracle } from "../../oracle/read.ts";
import { create, transact } from "../../transact.ts";
import {
  DEPLOYMENT_FORMAT,
  type DeployedSolvency,
  type DeployedVerifier,
  type Deployment,
} from "../deployment.ts";
import { type VerifierSpec, verifierCode } from "./verifier-code.ts";

export interface DeployOptions {
  readonly verifiers: readonly VerifierSpec[];
  /** The oracles' addresses, in any order. */
  readonly oracleSigners: readonly Address[];
  /** How many must sign. Default: the smallest majority. */
  readonly threshold?: number;
  /** Who may add verifiers and propose signers. Default: the deployer. The registry's ownership must be accepted. */
  readonly owner?: Address;
  /**
   * Whether to seal the list of verifiers, so that a further one waits two days in the open ({@link scheduleVerifier}).
   * Default: on every chain that isn't local, and wherever the owner isn't the deployer.
   */
  readonly seal?: boolean;
  /** The volatility oracle whose rounds snapshots must name. Default: none, and snapshots name none. */
  readonly volatilityOracle?: Address;
  /** Oldest snapshot that is taken, in seconds, 60..604800. Default: 3600. */
  readonly maxAge?: number;
  /** Take only table points computed on chain. Default: false. */
  readonly requireProven?: boolean;
  /**
   * Positions of every account, for good: verifiers of another size are refused, here and later. Default: any, for accounts that are
   * only attested.
   */
  readonly slots?: number;
  /** Called before each transaction. */
  readonly onStep?: (step: string) => void;
}

/**
 * Deploys Ballast: verifier registry, one verifier for each key, snapshot oracle with its table point builder, and
 * coverage registry. At the end the list of verifiers is sealed, see {@link DeployOptions.seal}.
 * @throws {BallastError} DEV_KEY_REFUSED for a dev key on a chain that isn't local, and INVALID_INPUT for a volatility
 *   oracle that doesn't answer or a circuit of another number of slots than `slots`, before anything is sent;
 *   INVALID_KEY for a key that anybody could forge under (`checkKey`), KEY_MISMATCH for another circuit's; CHAIN_ERROR
 *   for what the chain refuses.
 * @example
 * ```ts
 * import { connect } from "ballast/chain";
 * import { instanceOf } from "ballast";
 * import { deployBallast, loadKey, saveDeployment } from "ballast/node";
 * const client = await connect("http://127.0.0.1:8545", `0x${"11".repeat(32)}`);
 * const circuit = instanceOf("coverage", "64x240");
 * const { verifyingKey, manifest } = await loadKey(circuit);
 * const verifiers = [{ circuit, verifyingKey, dev: manifest.dev }];
 * saveDeployment("deployment.json", await deployBallast(client, { verifiers, oracleSigners: [client.account.address] }));
 * ```
 */
export async function deployBallast(client: ChainClient, options: DeployOptions): Promise<Deployment> {
  const { verifiers, oracleSigners, maxAge = 3_600, requireProven = false, slots = 0, onStep } = options;
  const volatilityOracle = getAddress(options.volatilityOracle ?? zeroAddress);
  checkSlots(verifiers, slots);
  for (const spec of verifiers) {
    refuseDevKey(client, spec);
    await checkKey(spec.verifyingKey);
  }
  if (volatilityOracle !== zeroAddress) await checkVolatilityOracle(client, volatilityOracle);
  const deployer = client.account.address;
  const owner = getAddress(options.owner ?? deployer);
  const seal = options.seal ?? (owner !== deployer || !isLocalChain(client.chainId));
  const signers = [...oracleSigners].map((signer) => getAddress(signer)).sort(byAddress);
  const threshold = BigInt(options.threshold ?? Math.floor(signers.length / 2) + 1);
  const code = contractBytecode();
  const block = Number(await blockNumber(client));

  onStep?.("VerifierRegistry");
  const verifierRegistry = await create(
    client,
    encodeDeployData({ abi: verifierRegistryAbi, bytecode: code.VerifierRegistry, args: [deployer, slots] }),
    "deploying the verifier registry",
  );
  onStep?.("SnapshotOracle");
  const snapshotOracle = await create(
    client,
    encodeDeployData({
      abi: snapshotOracleAbi,
      bytecode: code.SnapshotOracle,
      args: [owner, signers, threshold, verifierRegistry, volatilityOracle, BigInt(maxAge)],
    }),
    "deploying the snapshot oracle",
  );
  onStep?.("CoverageRegistry");
  const coverageRegistry = await create(
    client,
    encodeDeployData({
      abi: coverageRegistryAbi,
      bytecode: code.CoverageRegistry,
      args: [snapshotOracle, verifierRegistry, BigInt(maxAge), requireProven],
    }),
    "deploying the coverage registry",
  );
  const tablePointBuilder = await client.public.readContract({
    address: snapshotOracle,
    abi: snapshotOracleAbi,
    functionName: "builder",
  });
  const deployed: DeployedVerifier[] = [];
  for (const spec of verifiers) {
    onStep?.(spec.circuit.name);
    deployed.push(await deployVerifier(client, verifierRegistry, spec));
  }
  if (seal) {
    onStep?.("sealing the list of verifiers");
    const data = encodeFunctionData({ abi: verifierRegistryAbi, functionName: "seal" });
    await transact(client, { to: verifierRegistry, data, doing: "sealing the list of verifiers" });
  }
  if (owner !== deployer) {
    const data = encodeFunctionData({
      abi: verifierRegistryAbi,
      functionName: "transferOwnership",
      args: [owner],
    });
    await transact(client, { to: verifierRegistry, data, doing: "offering the registry to its owner" });
  }
  return {
    format: DEPLOYMENT_FORMAT,
    chainId: client.chainId,
    block,
    deployer,
    verifierRegistry,
    snapshotOracle,
    tablePointBuilder,
    coverageRegistry,
    ...(volatilityOracle === zeroAddress ? {} : { volatilityOracle }),
    maxAge,
    requireProven,
    verifiers: deployed,
  };
}

/** @throws {BallastError} INVALID_INPUT for a circuit of portfolios of another size; 0 is any. */
function checkSlots(verifiers: readonly VerifierSpec[], slots: number): void {
  const other = verifiers.find(({ circuit }) => slots !== 0 && "slots" in circuit && circuit.slots !== slots);
  if (other === undefined) return;
  throw new BallastError(
    "INVALID_INPUT",
    `${other.circuit.name} is of another size than the venue's ${slots} slots.`,
    {
      hint: "A venue has accounts of one size: what is attested in it can be moved, reduced, run and closed in it.",
      details: { circuit: other.circuit.name, slots },
    },
  );
}

export interface DeploySolvencyOptions {
  /** Who signs runs, adds assets to the vault and withdraws from it. */
  readonly venue: Address;
  /** What absorbs losses (IClearingHouse). Default: none; its funds then count as zero. */
  readonly clearingHouse?: Address;
  /** Called before each transaction. */
  readonly onStep?: (step: string) => void;
}

const CLEARING_HOUSE_ABI = parseAbi([
  "function funds() view returns (uint256 insuranceFund, uint256 gammaReserve)",
]);

/**
 * Deploys one venue's vault and solvency registry beside a deployment, with its maximum age and its choice of table
 * points. Whoever deploys has no power over either.
 * @returns what belongs into the deployment as `solvency`.
 * @throws {BallastError} INVALID_INPUT for a clearing house that doesn't answer, before anything is sent; CHAIN_ERROR.
 */
export async function deploySolvency(
  client: ChainClient,
  deployment: Pick<Deployment, "snapshotOracle" | "verifierRegistry" | "maxAge" | "requireProven">,
  options: DeploySolvencyOptions,
): Promise<DeployedSolvency> {
  const { venue, clearingHouse = zeroAddress, onStep } = options;
  await checkClearingHouse(client, clearingHouse);
  const code = contractBytecode();
  onStep?.("CollateralVault");
  const vault = await create(
    client,
    encodeDeployData({
      abi: collateralVaultAbi,
      bytecode: code.CollateralVault,
      // Nothing is released: a clearing house that may take lots out comes with a liquidation deployment.
      args: [venue, { clearingHouse: zeroAddress, desk: zeroAddress, runs: zeroAddress, exits: zeroAddress }],
    }),
    "deploying the vault",
  );
  onStep?.("SolvencyRegistry");
  const { snapshotOracle, verifierRegistry, maxAge, requireProven } = deployment;
  const registry = await create(
    client,
    encodeDeployData({
      abi: solvencyRegistryAbi,
      bytecode: code.SolvencyRegistry,
      args: [snapshotOracle, verifierRegistry, vault, clearingHouse, BigInt(maxAge), requireProven],
    }),
    "deploying the solvency registry",
  );
  return {
    venue: getAddress(venue),
    registry,
    vault,
    clearingHouse: getAddress(clearingHouse),
  };
}

/** A registry whose clearing house doesn't answer can't be deployed. @throws {BallastError} INVALID_INPUT. */
export async function checkClearingHouse(client: ChainClient, address: Address): Promise<void> {
  if (address === zeroAddress) return;
  try {
    await client.public.readContract({ address, abi: CLEARING_HOUSE_ABI, functionName: "funds" });
  } catch (cause) {
    throw new BallastError("INVALID_INPUT", `The clearing house ${address} does not tell its funds.`, {
      hint: "Give a contract that implements IClearingHouse, or none: funds then count as zero.",
      cause,
    });
  }
}

/**
 * Deploys the verifier of one key and registers it; the client must be the registry's owner, and the list not sealed.
 * @throws {BallastError} as {@link deployBallast}; CHAIN_ERROR with OnlyScheduled for a sealed list.
 */
export async function deployVerifier(
  client: ChainClient,
  verifierRegistry: Address,
  spec: VerifierSpec,
): Promise<DeployedVerifier> {
  const verifier = await createVerifier(client, spec);
  const doing = `registering the verifier of ${verifier.circuit}`;
  await transact(client, { to: verifierRegistry, data: registering(verifier), doing });
  return verifier;
}

/**
 * Deploys the verifier of one key and schedules its registration in a sealed list; the client must be the registry's
 * owner. In two days anybody can make the registration with {@link executeCall}.
 * @returns the verifier and the call that waits.
 * @throws {BallastError} as {@link deployBallast}.
 */
export async function scheduleVerifier(
  client: ChainClient,
  verifierRegistry: Address,
  spec: VerifierSpec,
): Promise<{ readonly verifier: DeployedVerifier; readonly registration: WaitingCall }> {
  const verifier = await createVerifier(client, spec);
  const registration = { target: verifierRegistry, call: registering(verifier) };
  await scheduleCall(client, registration);
  return { verifier, registration };
}

/** Whether a further verifier must wait. @throws {BallastError} CHAIN_ERROR. */
export function readSealed(
  { public: client }: Pick<ChainReader, "public">,
  { verifierRegistry: address }: Pick<Deployment, "verifierRegistry">,
): Promise<boolean> {
  return guarded("reading the list of verifiers", () =>
    client.readContract({ address, abi: verifierRegistryAbi, functionName: "isSealed" }),
  );
}

function registering({ address }: DeployedVerifier): Hex {
  return encodeFunctionData({ abi: verifierRegistryAbi, functionName: "register", args: [address] });
}

/** Deploys the verifier of one key. @throws {BallastError} as {@link deployBallast}. */
async function createVerifier(client: ChainClient, spec: VerifierSpec): Promise<DeployedVerifier> {
  refuseDevKey(client, spec);
  const { circuit, verifyingKey, dev } = spec;
  await checkKey(verifyingKey); // all of IC: the contract sees but a hash of the cached part
  const address = await create(client, verifierCode(spec), `deploying the verifier of ${circuit.name}`);
  const hash = keyHash(verifyingKey, circuit);
  const id = circuitId(circuit.name, hash);
  // Every verifier tells its id in the same way.
  const abi = coverageVerifierAbi;
  const onChain = await client.public.readContract({ address, abi, functionName: "circuitId" });
  if (onChain !== id) {
    throw new BallastError(
      "KEY_MISMATCH",
      `The verifier of ${circuit.name} has another circuit id on chain.`,
      {
        hint: "The contracts and this package disagree: rebuild both from one version.",
        details: { circuit: circuit.name, onChain, expected: id },
      },
    );
  }
  return { circuit: circuit.name, circuitId: id, keyHash: hash, address, dev };
}

function refuseDevKey(client: ChainClient, { circuit, dev }: VerifierSpec): void {
  if (!dev || isLocalChain(client.chainId)) return;
  throw new BallastError(
    "DEV_KEY_REFUSED",
    `The key of ${circuit.name} is a dev key: it must not be deployed on chain ${client.chainId}.`,
    {
      hint: "Make a key by a ceremony; dev keys are for local chains only.",
      inputs: ["setup.ptau"],
      details: { circuit: circuit.name, chainId: client.chainId },
    },
  );
}

async function blockNumber(client: ChainClient): Promise<bigint> {
  try {
    return await client.public.getBlockNumber();
  } catch (error) {
    throw chainError(error, "reading the block number");
  }
}

function byAddress(a: Address, b: Address): number {
  return BigInt(a) < BigInt(b) ? -1 : 1;
}
