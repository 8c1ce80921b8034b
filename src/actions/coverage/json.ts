import { formatField, toField } from "../../math/field.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import type { Attested } from "./attest.ts";
import type { CheckedProof } from "./check.ts";

/** What came of attesting a proof: what the registry has for its account and commitment now. */
export function attestedJson({ file, stored, outcome }: Attested) {
  return {
    accountId: formatField(file.signals.accountId),
    commitment: formatField(file.signals.commitment),
    tier: stored?.tier ?? null,
    expiresAt: stored?.expiresAt ?? null,
    snapshotId: stored === undefined ? null : formatField(toField(stored.snapshotId)),
    current: stored?.isCurrent ?? false,
    outcome,
  };
}

/** A proof and what was checked of it. */
export function checkedJson(file: ProofFile, { attestation, ...checked }: CheckedProof) {
  const { accountId, commitment, tier } = file.signals;
  const { chainId, registry, deadline } = file;
  return {
    ...checked,
    attestation: attestation ?? null,
    accountId: formatField(accountId),
    commitment: formatField(commitment),
    tier,
    snapshotId: formatField(file.snapshotId),
    ...{ chainId, registry, deadline },
  };
}
