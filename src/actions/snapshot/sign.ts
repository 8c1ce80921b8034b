import type { LocalAccount } from "viem";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import { type OracleSignature, signSnapshot } from "../../chain/snapshot/publish.ts";
import { BallastError } from "../../errors.ts";
import { policyOrigin } from "../../risk/policy.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/**
 * One oracle's signature under a snapshot and its table points. Who reads `les` on a signed snapshot takes it for the preset: rules
 * under a preset's name that are not the preset's are not signed.
 * @param snapshot checked: every row derived again.
 * @throws {BallastError} INVALID_POLICY.
 * @example
 * ```ts
 * import type { Deployment, Snapshot } from "ballast";
 * import { signAsOracle } from "ballast/actions";
 * import type { TablePoint } from "ballast/chain";
 * import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
 * declare const deployment: Deployment;
 * declare const snapshot: Snapshot;
 * declare const points: readonly TablePoint[];
 * const signer = privateKeyToAccount(generatePrivateKey());
 * const { signature } = await signAsOracle(deployment, snapshot, points, signer);
 * ```
 */
export async function signAsOracle(
  { chainId, snapshotOracle }: Pick<Deployment, "chainId" | "snapshotOracle">,
  snapshot: Snapshot,
  points: readonly TablePoint[],
  signer: LocalAccount,
): Promise<OracleSignature> {
  refuseImpostor(snapshot);
  const [signed] = await signSnapshot({ chainId, snapshotOracle }, snapshot, points, [signer]);
  if (signed === undefined) throw new BallastError("INTERNAL", "Nothing was signed.");
  return signed;
}

/** @throws {BallastError} INVALID_POLICY for rules under the name of a preset that has others. */
export function refuseImpostor({ policy }: Pick<Snapshot, "policy">): void {
  if (policyOrigin(policy) !== "impostor") return;
  throw new BallastError(
    "INVALID_POLICY",
    `The snapshot's policy is called ${policy.name} and has other rules than that preset.`,
    { hint: "Sign nothing of that kind. A venue's own rules need a name of their own." },
  );
}
