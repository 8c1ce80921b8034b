import type { Address } from "viem";
import { getAddress, isAddress } from "viem/utils";
import * as z from "zod";
import { BallastError } from "../../errors.ts";

const address = z
  .string()
  // In mixed case the checksum must fit: a changed digit is somebody else's address.
  .refine((text) => isAddress(text), "must be an address, its checksum right")
  .transform((text): Address => getAddress(text));
const hash = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);

export const DEPLOYMENT_FORMAT = "ballast.deployment/2";
export const deploymentFileSchema = z.strictObject({
  format: z.literal(DEPLOYMENT_FORMAT),
  chainId: z.int().positive(),
  /** The block of the first contract: where to start looking for events. */
  block: z.int().nonnegative(),
  deployer: address,
  verifierRegistry: address,
  snapshotOracle: address,
  tablePointBuilder: address,
  coverageRegistry: address,
  /** Whose rounds snapshots name; absent when they name none. */
  volatilityOracle: address.optional(),
  /** Seconds. */
  maxAge: z.int().positive(),
  requireProven: z.boolean(),
  /** One venue's solvency attestations; a deployment may have none. */
  solvency: z
    .strictObject({
      /** At the deployment: it may have handed over since, which the vault knows. */
      venue: address,
      registry: address,
      vault: address,
      /** Zero when there is none yet: funds count as nothing. */
      clearingHouse: address,
    })
    .optional(),
  /** The venue's liquidation; it needs `solvency`, whose vault and venue are its own too. */
  liquidation: z
    .strictObject({
      /** Which prices are the newest, and the time that windows count in. */
      clock: address,
      ledger: address,
      engine: address,
      challenges: address,
      auction: address,
      sale: address,
      clearingHouse: address,
      /** Which portfolios closed solvency runs counted: takeovers need it. */
      anchors: address,
      /** Deposits and withdrawals of customers, by proof. */
      desk: address,
      /** How customers leave once the venue has stopped. */
      exits: address,
      /** The account that takes over what nobody bought. */
      houseAccount: hash,
      owner: address,
      guardian: address,
      /** Who acted for the house at first: the owner can change it. */
      operator: address,
      /** The collateral asset in which cash is paid. */
      settlementId: z.int().min(1).max(7),
      /** What a lot of it is worth, micro-USD, in decimal. */
      microsPerLot: z.string().regex(/^[1-9][0-9]{0,18}$/),
      /** What hold-backs are taxed by; absent: they are not. */
      volatilityOracle: address.optional(),
    })
    .optional(),
  verifiers: z.array(
    z.strictObject({
      circuit: z.string(),
      circuitId: hash,
      keyHash: hash,
      address,
      /** A dev key's verifier: only ever on a local chain. */
      dev: z.boolean(),
    }),
  ),
});

/** Where Ballast's contracts are on a chain. Public facts only. */
export type Deployment = z.output<typeof deploymentFileSchema>;
export type DeployedSolvency = NonNullable<Deployment["solvency"]>;
export type DeployedLiquidation = NonNullable<Deployment["liquidation"]>;
export type DeployedVerifier = Deployment["verifiers"][number];

/**
 * @throws {BallastError} INVALID_INPUT with the place of the first problem.
 * @example
 * ```ts
 * import { parseDeployment } from "ballast";
 * const { coverageRegistry } = parseDeployment(await (await fetch("/deployment.json")).json());
 * ```
 */
export function parseDeployment(json: unknown): Deployment {
  const parsed = deploymentFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BallastError(
    "INVALID_INPUT",
    `The deployment is not of the form ${DEPLOYMENT_FORMAT} at ${issue?.path.join(".") || "its top level"}.`,
    { hint: "Use the file that `ballast deploy` wrote.", cause: parsed.error },
  );
}

/** The solvency contracts. @throws {BallastError} INVALID_INPUT when the deployment has none. */
export function deployedSolvency({ solvency }: Deployment): DeployedSolvency {
  if (solvency !== undefined) return solvency;
  throw new BallastError("INVALID_INPUT", "The deployment has no solvency registry.", {
    hint: "Deploy with a venue.",
    inputs: ["deploy.venue"],
  });
}

/** The verifier of an instance. @throws {BallastError} UNKNOWN_CIRCUIT when it has none. */
export function deployedVerifier(deployment: Deployment, circuit: string): DeployedVerifier {
  const found = deployment.verifiers.findLast((verifier) => verifier.circuit === circuit);
  if (found !== undefined) return found;
  throw new BallastError("UNKNOWN_CIRCUIT", `The deployment has no verifier of ${circuit}.`, {
    hint: `It has ${deployment.verifiers.map((verifier) => verifier.circuit).join(", ") || "none"}.`,
  });
}
