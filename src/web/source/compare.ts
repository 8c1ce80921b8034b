import type { AttestedVenue } from "../../actions/solvency/read-attested.ts";
import type { SolvencyAttestation } from "../../chain/solvency/attestation.ts";

/** The parts of an attestation, as people call them. */
const PARTS: Readonly<Record<keyof SolvencyAttestation, string>> = {
  status: "whether it is current",
  venue: "who the venue is",
  vault: "which vault holds the reserves",
  runId: "which run is the latest",
  snapshotId: "the snapshot",
  accountsRoot: "the accounts' root",
  batchCircuit: "the batches' circuit",
  reportCircuit: "the report's circuit",
  snapshotTime: "the snapshot's time",
  attestedAt: "when the run was closed",
  expiresAt: "when it expires",
  batches: "the number of proofs",
  result: "accounts and losses",
  funds: "the funds",
  reserves: "the reserves",
};

/** What two nodes say differently of the same venue, in words; none where they agree. */
export function differences(first: AttestedVenue | undefined, second: AttestedVenue | undefined): string[] {
  if (first === undefined || second === undefined)
    return first === second ? [] : ["whether there is an attestation at all"];
  const parts = Object.keys(PARTS) as (keyof SolvencyAttestation)[];
  return parts
    .filter((part) => textOf(first.attestation[part]) !== textOf(second.attestation[part]))
    .map((part) => PARTS[part]);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner));
}
