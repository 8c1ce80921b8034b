import type { SubjectClaim } from "../../liquidation/account-claims.ts";
import type {
  CeilingClaim,
  DeleverageClaim,
  EquityClaim,
  ReductionClaim,
  TransferClaim,
} from "../../liquidation/claims.ts";
import type { Groth16Proof } from "../../prover/proof.ts";
import { encodeProof } from "../encode.ts";

const withProof = <Claim extends { readonly proof: Groth16Proof }>(claim: Claim) => ({
  ...claim,
  proof: encodeProof(claim.proof),
});

/** The claims as the contracts take them. */
export const encodeTransfer = (claim: TransferClaim) => withProof(claim);
export const encodeEquity = (claim: EquityClaim) => withProof(claim);
export const encodeCeiling = (claim: CeilingClaim) => withProof(claim);
export const encodeReduction = (claim: ReductionClaim) => withProof(claim);
export const encodeDeleverage = (claim: DeleverageClaim) => withProof(claim);
/** A membership or empty claim. */
export const encodeSubject = (claim: SubjectClaim) => withProof(claim);
