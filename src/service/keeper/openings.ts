import type { AccountStore } from "../../actions/liquidation/store.ts";
import { parseJson } from "../../json.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { type Field, formatField, parseField } from "../../math/field.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { type Database, read } from "../store/database.ts";

export interface OpeningsParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly accounts: Accounts;
  /** Of accounts' commitments. */
  readonly slots: number;
}

/** What opens accounts as the ledger has them: versions that venues told, and what was kept: outcomes of steps, disclosures, files. Secret. */
export class Openings {
  readonly #parts: OpeningsParts;

  constructor(parts: OpeningsParts) {
    this.#parts = parts;
  }

  /** What opens a commitment of an account, if it is here. @throws {BallastError} SEAL_BROKEN, INVALID_KEY, STORE_ERROR. */
  async find(accountId: Field, commitment: Field): Promise<OpenAccount | undefined> {
    const { database, accounts } = this.#parts;
    const version = await accounts.openCommitment(accountId, commitment);
    if (version !== undefined) {
      const { portfolio, salt } = version.opening;
      return { accountId, positions: portfolio.positions, salt };
    }
    const [row] = await database.query("select sealed from ballast.outcomes where commitment = $1", [
      formatField(commitment),
    ]);
    return row === undefined ? undefined : this.#open(commitment, read.bytes(row, "sealed"));
  }

  /** Keeps what a step makes of an account before anything is sent; the same again changes nothing. */
  async keep(step: string, account: OpenAccount): Promise<void> {
    const { database, keyring, slots } = this.#parts;
    const { accountId, positions, salt } = account;
    const commitment = commitmentOf(account, slots);
    const text = JSON.stringify({
      accountId: formatField(accountId),
      salt: formatField(salt),
      positions: positions.map(({ instrumentId, quantity }) => [instrumentId, quantity.toString()]),
    });
    await database.query(
      "insert into ballast.outcomes (commitment, account, step, sealed) values ($1, $2, $3, $4) on conflict do nothing",
      [
        formatField(commitment),
        formatField(accountId),
        step,
        keyring.seal(placeOf(commitment), new TextEncoder().encode(text)),
      ],
    );
  }

  /** Where the accounts of one step are kept: its salts follow from the master key, so that it can be done again. */
  storeOf(step: string): AccountStore {
    return {
      saltOf: (accountId) => this.#parts.keyring.saltFor(accountId, step),
      keepThenSend: async (accounts, send) => {
        for (const account of accounts) await this.keep(step, account);
        return send();
      },
    };
  }

  /** Outcomes that may be on the ledger by now and were not taken over yet. */
  async unadopted(): Promise<readonly { readonly accountId: Field; readonly commitment: Field }[]> {
    const rows = await this.#parts.database.query(
      "select account, commitment from ballast.outcomes where not is_adopted and created_at > now() - interval '1 day' order by created_at",
    );
    return rows.map((row) => ({
      accountId: parseField(read.text(row, "account")),
      commitment: parseField(read.text(row, "commitment")),
    }));
  }

  async adopted(commitment: Field): Promise<void> {
    await this.#parts.database.query("update ballast.outcomes set is_adopted = true where commitment = $1", [
      formatField(commitment),
    ]);
  }

  #open(commitment: Field, sealed: Uint8Array): OpenAccount {
    const plain = this.#parts.keyring.open(placeOf(commitment), sealed);
    const { accountId, salt, positions } = parseJson(new TextDecoder().decode(plain), "sealed outcome") as {
      readonly accountId: string;
      readonly salt: string;
      readonly positions: readonly (readonly [number, string])[];
    };
    return {
      accountId: parseField(accountId),
      salt: parseField(salt),
      positions: positions.map(([instrumentId, quantity]) => ({ instrumentId, quantity: BigInt(quantity) })),
    };
  }
}

function placeOf(commitment: Field): string {
  return `outcome ${formatField(commitment)}`;
}
