import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { type FedPortfolio, requirePast } from "../../venues/files/fed.ts";
import type { Accounts, AccountVersion } from "../accounts/accounts.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import type { Sql } from "../store/database.ts";
import type { ApiKey } from "./keys.ts";

export interface SubmitParts {
  readonly database: Sql;
  readonly accounts: Accounts;
  readonly snapshots: Snapshots;
  readonly clock: Pick<Clock, "now">;
  /** Called when an account has a new version. */
  readonly onChange: () => void;
}

/**
 * Takes a portfolio that was pushed; durable when it returns. The same version with the same content is taken again, and changes nothing.
 *
 * @throws {BallastError} INVALID_PORTFOLIO without a version; CLOCK_SKEWED; VENUE_UNAVAILABLE before the first snapshot; as `Accounts.accept`.
 */
export async function submit(
  parts: SubmitParts,
  key: ApiKey,
  { portfolio, version, asOf }: FedPortfolio,
): Promise<{ readonly version: AccountVersion; readonly isNew: boolean }> {
  const { database, accounts, snapshots, clock, onChange } = parts;
  if (version === undefined) {
    throw new BallastError("INVALID_PORTFOLIO", "The portfolio has no version.", {
      hint: "Give a whole number that rises with each change of the account.",
    });
  }
  const { account } = portfolio;
  const audit = (outcome: string) =>
    database.query(
      "insert into ballast.audit (key, action, account, version, outcome) values ($1, 'submit', $2, $3, $4)",
      [key.id, formatField(accountIdOf(account)), version, outcome],
    );
  const now = clock.now();
  const moment = asOf ?? now;
  try {
    requirePast(moment, now);
    const snapshot = await snapshots.newest();
    if (snapshot === undefined) {
      throw new BallastError("VENUE_UNAVAILABLE", "The service has no snapshot yet.", {
        hint: "Try again when one is published: portfolios are in its instruments.",
      });
    }
    const { name: venue, declaredBy } = key;
    const reading = { venue, account, version, asOf: moment, portfolio, declaredBy, notes: [], parts: [] };
    const accepted = await accounts.accept(reading, snapshot, now);
    await audit(accepted.isNew ? "accepted" : "known");
    if (accepted.isNew) onChange();
    return accepted;
  } catch (error) {
    if (error instanceof BallastError && error.code !== "STORE_ERROR") await audit(error.code);
    throw error;
  }
}
