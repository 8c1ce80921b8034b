import type { Field } from "../../math/field.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { type InclusionProof, openInclusion, wrongNames } from "../../portfolio/inclusion.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Check } from "../coverage/check.ts";

export interface CheckInclusionOptions {
  /** The published root, which the customer read from the chain. */
  readonly root: Field;
  /** Whose account the customer holds. Default: whatever the proof says. */
  readonly account?: string;
  /** For the instruments' names and lots, which the root doesn't prove. */
  readonly snapshot?: Snapshot;
}

export interface CheckedInclusion {
  readonly valid: boolean;
  readonly checks: readonly Check[];
  readonly commitment: Field;
  /** What the proof leads to. */
  readonly root: Field;
  readonly namesChecked: boolean;
}

/**
 * Checks a customer's proof of being in the tree. A proof that doesn't hold is no error.
 * @example
 * ```ts
 * import { type InclusionProof, parseField } from "ballast";
 * import { checkInclusion } from "ballast/actions";
 * declare const proof: InclusionProof;
 * const { valid, checks } = checkInclusion(proof, { root: parseField("0x2a"), account: "desk" });
 * ```
 */
export function checkInclusion(
  proof: InclusionProof,
  { root, account, snapshot }: CheckInclusionOptions,
): CheckedInclusion {
  const proven = openInclusion(proof);
  const checks: Check[] = [
    { name: "account and positions lead to the root", ok: proven.root === root },
    { name: "the account's name gives its id", ok: proven.isNamed },
  ];
  if (account !== undefined)
    checks.push({ name: "the proof is about your account", ok: accountIdOf(account) === proof.accountId });
  if (snapshot !== undefined)
    checks.push({
      name: "names and lots of the instruments are the snapshot's",
      ok: wrongNames(proof, snapshot).length === 0,
    });
  const { commitment, root: found } = proven;
  const valid = checks.every(({ ok }) => ok);
  return { valid, checks, commitment, root: found, namesChecked: snapshot !== undefined };
}
