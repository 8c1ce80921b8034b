import { shortHex } from "../display.ts";
import { BallastError } from "../errors.ts";
import { type Field, formatField, toField } from "../math/field.ts";
import { type Commitment, commit } from "../portfolio/commitment.ts";
import { type Portfolio, slotsOf } from "../portfolio/portfolio.ts";
import type { OpenPortfolio } from "../witness/transfer.ts";

/** An account with what opens its commitment. Secret: it never reaches a message or a log. */
export interface OpenAccount extends OpenPortfolio {
  readonly accountId: Field;
}

/**
 * An account's commitment in circuits of so many slots.
 * @throws {BallastError} PORTFOLIO_TOO_LARGE, LOT_OVERFLOW, DUPLICATE_INSTRUMENT, OUT_OF_RANGE as `slotsOf`.
 */
export function commitmentOf({ accountId, salt, positions }: OpenAccount, slots: number): Commitment {
  return commit(accountId, salt, slotsOf(positions, slots));
}

/**
 * Checks that an opening is the one of a commitment.
 * @param onChain the ledger's commitment.
 * @param whose names the account in the error, e.g. "the case's account".
 * @throws {BallastError} COMMITMENT_MISMATCH; as {@link commitmentOf}.
 */
export function checkOpening(account: OpenAccount, slots: number, onChain: bigint, whose: string): void {
  if (commitmentOf(account, slots) === onChain) return;
  throw new BallastError(
    "COMMITMENT_MISMATCH",
    `The opening does not open the ledger's commitment of ${whose}.`,
    {
      hint: "Use the portfolio and the opening of its last change, and the circuits of the venue's number of slots.",
      details: { slots },
    },
  );
}

/** The account's portfolio as the witnesses over a table take it. It has no name: whoever holds it may not know it. */
export function portfolioOf({ accountId, positions }: OpenAccount): Portfolio {
  return { account: "", accountId, positions };
}

/** An account's id as every file has it. */
export function accountHex(accountId: bigint): `0x${string}` {
  return formatField(toField(accountId));
}

/** An account's id for people: `0x0000…0002` */
export function accountText(accountId: bigint): string {
  return shortHex(accountHex(accountId));
}

/** Whether two openings are of one account with one salt and the same positions, in whatever order. */
export function isSameAccount(one: OpenAccount, other: OpenAccount): boolean {
  return one.salt === other.salt && hasSamePositions(one, other);
}

/** The same whatever their salts. */
export function hasSamePositions(one: OpenAccount, other: OpenAccount): boolean {
  const [held, others] = [sorted(one), sorted(other)];
  return (
    one.accountId === other.accountId &&
    held.length === others.length &&
    held.every(
      ({ instrumentId, quantity }, i) =>
        instrumentId === others[i]?.instrumentId && quantity === others[i]?.quantity,
    )
  );
}

function sorted({ positions }: OpenAccount): OpenAccount["positions"] {
  return [...positions].sort((one, other) => one.instrumentId - other.instrumentId);
}
