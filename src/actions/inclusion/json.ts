import { formatDecimal } from "../../math/decimal.ts";
import { formatField } from "../../math/field.ts";
import type { InclusionProof } from "../../portfolio/inclusion.ts";
import type { CheckedInclusion } from "./check.ts";

/** What an account holds by its proof of being in the tree: decimal texts, and signed lots. */
export function holdingsJson({ positions, instruments }: InclusionProof) {
  const byId = new Map(instruments.map((instrument) => [instrument.instrumentId, instrument]));
  return positions.map(({ instrumentId, quantity }) => ({
    instrumentId,
    instrument: byId.get(instrumentId)?.name ?? "",
    side: quantity < 0n ? "short" : "long",
    quantity: formatDecimal(quantity * (byId.get(instrumentId)?.lotSize ?? 0n), 18),
    lots: String(quantity),
  }));
}

/** A customer's proof and what was checked of it. Secret: it has the account's positions. */
export function inclusionJson(proof: InclusionProof, checked: CheckedInclusion) {
  const { valid, checks, commitment, root, namesChecked } = checked;
  return {
    valid,
    checks,
    account: proof.account,
    accountId: formatField(proof.accountId),
    commitment: formatField(commitment),
    root: formatField(root),
    index: proof.index,
    namesChecked,
    positions: holdingsJson(proof),
  };
}
