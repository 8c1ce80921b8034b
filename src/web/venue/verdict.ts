import type { AttestedVenue } from "../../actions/solvency/read-attested.ts";
import { age, moment } from "../text.ts";

/** How a venue stands, and the sentence that says why. */
export interface Verdict {
  readonly kind: "covered" | "short" | "expired" | "void";
  readonly title: string;
  readonly why: string;
}

const WHOLE = 1_000_000n;

/**
 * What an attestation comes to. What is void or too old is not covered, whatever its numbers say.
 * @param now Unix seconds, by the reader's own clock.
 */
export function verdictOf({ attestation, lots }: AttestedVenue, now: bigint): Verdict {
  const { status, expiresAt, funds, result, reserves } = attestation;
  if (status === "void")
    return {
      kind: "void",
      title: "Void: don't believe it",
      why: "The run's table was proven wrong, or one of its circuits was retired.",
    };
  if (status === "expired" || expiresAt <= now)
    return {
      kind: "expired",
      title: "Expired: nothing is known of now",
      why: `It was true of its snapshot, and counted until ${moment(expiresAt)}. The venue owes a newer run.`,
    };
  const lacking = reserves.filter(({ held, proven }) => held < proven);
  if (lacking.length > 0)
    return {
      kind: "short",
      title: "Not covered: reserves lack",
      why: `The vault held less than accounts hold in ${lacking.length} of ${reserves.length} assets.`,
    };
  const wrong = (lots ?? []).filter(({ ok }) => !ok);
  if (wrong.length > 0)
    return {
      kind: "short",
      title: "Not covered: reserves are counted in other lots",
      why: `The vault's lots are not the snapshot's in ${wrong.length} assets.`,
    };
  if (funds.coveragePpm !== null && funds.coveragePpm < WHOLE)
    return {
      kind: "short",
      title: "Not covered",
      why: "In the worst scenario the accounts' losses beyond their own equity are more than the venue's funds.",
    };
  return {
    kind: "covered",
    title: "Covered",
    why: `${
      result.worstShortfall === 0n
        ? "No scenario of the policy leaves a loss beyond the accounts' own equity"
        : "In every scenario of the policy the venue's funds absorb what accounts lose beyond their own equity"
    }. It counts for another ${age(expiresAt - now)}.`,
  };
}
