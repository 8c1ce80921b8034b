import { BallastError } from "../errors.ts";
import { formatField } from "../math/field.ts";
import { commit } from "../portfolio/commitment.ts";
import { type InclusionProof, type InstrumentName, MAX_SLOTS, SLOT_COUNTS } from "../portfolio/inclusion.ts";
import type { Opening } from "../portfolio/opening.ts";
import { type Portfolio, slotsOf } from "../portfolio/portfolio.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import type { AccountTree } from "./tree.ts";

/**
 * Makes an account's proof.
 * @param slots of the instance that the commitment was made for; default: the one that gives the tree's commitment.
 * @throws {BallastError} UNKNOWN_ACCOUNT; INVALID_INPUT when opening and portfolio don't give the commitment in the tree;
 * PORTFOLIO_TOO_LARGE; TREE_DAMAGED.
 * @example
 * ```ts
 * import { AccountTree, loadOpening, loadPortfolio, loadSnapshot, proveInclusion, saveInclusion } from "ballast/node";
 * const snapshot = loadSnapshot("snapshot.json");
 * const portfolio = loadPortfolio("portfolio.json", snapshot);
 * const tree = new AccountTree("accounts.tree");
 * saveInclusion("inclusion.json", proveInclusion(tree, portfolio, loadOpening("opening.json"), snapshot));
 * ```
 */
export function proveInclusion(
  tree: AccountTree,
  portfolio: Portfolio,
  opening: Opening,
  snapshot: Pick<Snapshot, "rows">,
  slots?: number,
): InclusionProof {
  const { account, accountId, positions } = portfolio;
  if (opening.accountId !== accountId) {
    throw new BallastError("INVALID_INPUT", "The opening belongs to another account than the portfolio.", {
      hint: "Give the files of one account.",
    });
  }
  const index = tree.requireIndex(accountId);
  const committed = tree.account(index)?.commitment;
  const larger = SLOT_COUNTS.filter((count) => count >= positions.length);
  const choices = slots === undefined && larger.length > 0 ? larger : [slots ?? MAX_SLOTS];
  const found = choices.find(
    (count) => commit(accountId, opening.salt, slotsOf(positions, count)) === committed,
  );
  if (found === undefined) {
    throw new BallastError(
      "INVALID_INPUT",
      "The opening and the portfolio don't give the commitment in the tree.",
      {
        hint: "Salt, positions and slots must be those that the tree was built with.",
        inputs: ["inclusion.slots"],
        details: { accountId: formatField(accountId) },
      },
    );
  }
  const rows = new Map(snapshot.rows.map((row) => [row.instrumentId, row.instrument]));
  const instruments = positions.map(({ instrumentId }): InstrumentName => {
    const instrument = rows.get(instrumentId);
    if (instrument === undefined) {
      throw new BallastError("UNKNOWN_INSTRUMENT", `Instrument ${instrumentId} is not in this snapshot.`, {
        hint: "Give the snapshot that the portfolio was read with.",
      });
    }
    return { instrumentId, name: instrument.name, lotSize: instrument.lotSize };
  });
  const path = tree.siblings(index);
  return { account, accountId, index, path, salt: opening.salt, slots: found, positions, instruments };
}
