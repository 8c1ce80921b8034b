import type { LocalAccount } from "viem";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { MOST_PUBLISH_WITHIN, publishByOf, type TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import { signSnapshot, type TimedSignature } from "../../chain/snapshot/publish.ts";
import { BallastError } from "../../errors.ts";
import { policyOrigin } from "../../risk/policy.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/**
 * One oracle's signature under a snapshot and its table points. Who reads `les` on a signed snapshot takes it for the preset: rules
 * under a preset's name that are not the preset's are not signed.
 * @param snapshot checked: every row derived again.
 * @param within seconds after the snapshot's time for which the signature is good, 60..3600. Default: 900. All signers
 *   need the same.
 * @throws {BallastError} INVALID_POLICY; OUT_OF_RANGE.
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
  within?: bigint,
): Promise<TimedSignature> {
  refuseImpostor(snapshot);
  const publishBy = within === undefined ? publishByOf(snapshot) : snapshot.time + checkWithin(within);
  const [signed] = await signSnapshot({ chainId, snapshotOracle }, snapshot, points, [signer], publishBy);
  if (signed === undefined) throw new BallastError("INTERNAL", "Nothing was signed.");
  return { ...signed, publishBy };
}

function checkWithin(seconds: bigint): bigint {
  if (seconds >= 60n && seconds <= MOST_PUBLISH_WITHIN) return seconds;
  throw new BallastError(
    "OUT_OF_RANGE",
    "A signature is good for 1 to 60 minutes after the snapshot's time.",
    {
      hint: "Sign for minutes: who gets a signed snapshot may choose its moment until then.",
    },
  );
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
