import { BallastError } from "../../errors.ts";
import { type Field, formatField, parseField } from "../../math/field.ts";
import type { Commitment } from "../../portfolio/commitment.ts";
import { portfolioParser } from "../../portfolio/format.ts";
import type { Portfolio } from "../../portfolio/portfolio.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { AccountReading, DeclaredBy } from "../../venues/venue.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { type Database, type Row, read, type Sql } from "../store/database.ts";
import { makeOpening, openSealed, placeOf, sealOpening, type VersionOpening } from "./opening.ts";

/** What is public of an account's version. */
export interface AccountVersion {
  readonly account: Field;
  readonly version: bigint;
  readonly commitment: Commitment;
  readonly venue: string;
  readonly declaredBy: DeclaredBy;
  /** When it was last said to hold; Unix milliseconds. */
  readonly asOf: bigint;
  /** When it was taken first; Unix milliseconds by the service's clock. */
  readonly since: bigint;
}

/** Why an account stays as it is on the ledger, and until when what is done about it counts, Unix seconds. */
export interface Held {
  readonly kind: "open case" | "challenge";
  readonly until: bigint;
}

export interface OpenVersion extends AccountVersion {
  readonly opening: VersionOpening;
}

const CURRENT =
  "select v.* from ballast.accounts a join ballast.versions v on v.account = a.id and v.version = a.version";

/** Accounts with all their versions: whatever commitment of one was ever sent can be opened. */
export class Accounts {
  readonly #database: Database;
  readonly #keyring: Keyring;
  /** Of the commitments. */
  readonly #slots: number;

  constructor(database: Database, keyring: Keyring, slots: number) {
    this.#database = database;
    this.#keyring = keyring;
    this.#slots = slots;
  }

  /**
   * Takes what a venue says of an account. Durable when it returns, its opening first: nothing of a commitment is sent before.
   * @param snapshot whose instruments the portfolio is in.
   * @param now Unix milliseconds, by the service's clock.
   * @returns the version, and whether it is new.
   * @throws {BallastError} VERSION_BEHIND for one below the last, or the last with other content; as `parsePortfolio`, `slotsOf`.
   */
  async accept(
    reading: AccountReading,
    snapshot: Pick<Snapshot, "rows">,
    now: bigint,
  ): Promise<{ readonly version: AccountVersion; readonly isNew: boolean }> {
    const portfolio = portfolioParser(snapshot)(reading.portfolio);
    const { version, venue, declaredBy, asOf } = reading;
    const salt = this.#keyring.saltOf(portfolio.accountId, version);
    const { opening, commitment } = makeOpening(portfolio, salt, this.#slots, snapshot);
    const commitWith = (other: Field) => makeOpening(portfolio, other, this.#slots, snapshot).commitment;
    const made = { account: portfolio.accountId, version, commitment, venue, declaredBy, asOf, since: now };
    const sealed = sealOpening(this.#keyring, version, opening);
    return this.#database.transaction(async (sql) => {
      const account = formatField(made.account);
      const [last] = await sql.query(`${CURRENT} where a.id = $1 for update of a`, [account]);
      if (last !== undefined) {
        const before = versionOf(last);
        if (version < before.version) throw behind(reading.account, "is below the one that is known");
        if (version === before.version)
          return { version: await this.#again(sql, last, made, commitWith), isNew: false };
      }
      await insertVersion(sql, made, sealed);
      return { version: made, isNew: true };
    });
  }

  /** The same version again: it still holds, as of later. Its salt stays, also after a rotation of keys. */
  async #again(
    sql: Sql,
    last: Row,
    made: AccountVersion,
    commitWith: (salt: Field) => Commitment,
  ): Promise<AccountVersion> {
    const before = this.#opened(last);
    const { opening, ...known } = before;
    if (commitWith(opening.salt) !== known.commitment)
      throw behind(opening.portfolio.account, "is known with other content");
    if (made.asOf <= known.asOf) return known;
    await sql.query("update ballast.versions set as_of = $3 where account = $1 and version = $2", [
      formatField(known.account),
      known.version,
      made.asOf,
    ]);
    return { ...known, asOf: made.asOf };
  }

  /** The newest version of every account, without what is sealed. */
  async current(): Promise<readonly AccountVersion[]> {
    return (await this.#database.query(`${CURRENT} order by a.id`)).map(versionOf);
  }

  /**
   * What the ledger has of accounts that a case is open about, or a challenge, without what is sealed: it stays so, whatever a venue tells
   * meanwhile. Those of commitments that no version is of are left out.
   */
  async onLedger(): Promise<readonly (AccountVersion & Held)[]> {
    const rows = await this.#database.query(
      `select distinct on (v.account) v.*, h.kind, h.until from (
        select account, commitment, until, 'open case' as kind from ballast.cases where status <> 'closed'
        union all select account, commitment, until, 'challenge' as kind from ballast.challenges) h
      join ballast.versions v on v.account = h.account and v.commitment = h.commitment order by v.account, h.kind desc`,
    );
    return rows.map((row) => ({
      ...versionOf(row),
      kind: read.text(row, "kind") as Held["kind"],
      until: read.bigint(row, "until"),
    }));
  }

  /** The newest version of one account, without what is sealed; undefined where there is none. */
  async find(account: Field): Promise<AccountVersion | undefined> {
    const [row] = await this.#database.query(`${CURRENT} where a.id = $1`, [formatField(account)]);
    return row === undefined ? undefined : versionOf(row);
  }

  /** The newest version of every account, opened. @throws {BallastError} SEAL_BROKEN, INVALID_KEY. */
  async open(): Promise<readonly OpenVersion[]> {
    return (await this.#database.query(`${CURRENT} order by a.id`)).map((row) => this.#opened(row));
  }

  /** One version, whether it is the newest or not. @throws {BallastError} UNKNOWN_ACCOUNT, SEAL_BROKEN, INVALID_KEY. */
  async openOne(account: Field, version: bigint): Promise<OpenVersion> {
    const [row] = await this.#database.query(
      "select * from ballast.versions where account = $1 and version = $2",
      [formatField(account), version],
    );
    if (row !== undefined) return this.#opened(row);
    throw new BallastError("UNKNOWN_ACCOUNT", "The database has no such version of the account.", {
      details: { account: formatField(account), version: version.toString() },
    });
  }

  /** The version that a commitment is of, whether it is the newest or not; undefined where none is. @throws {BallastError} SEAL_BROKEN, INVALID_KEY. */
  async openCommitment(account: Field, commitment: Field): Promise<OpenVersion | undefined> {
    const [row] = await this.#database.query(
      "select * from ballast.versions where account = $1 and commitment = $2 order by version desc limit 1",
      [formatField(account), formatField(commitment)],
    );
    return row === undefined ? undefined : this.#opened(row);
  }

  /**
   * Takes what became of an account on the ledger for its newest version, one above the last: a venue's reading counts again once its own
   * version is above that. Nothing is done for an account that no venue has ever told of, nor for a commitment that is known.
   * @param snapshot whose instruments the positions are in.
   * @param now Unix milliseconds, by the service's clock.
   */
  async adopt(
    { accountId: account, positions, salt }: Omit<Portfolio, "account"> & { readonly salt: Field },
    snapshot: Pick<Snapshot, "rows">,
    now: bigint,
  ): Promise<AccountVersion | undefined> {
    return this.#database.transaction(async (sql) => {
      const [last] = await sql.query(`${CURRENT} where a.id = $1 for update of a`, [formatField(account)]);
      if (last === undefined) return undefined;
      const before = this.#opened(last);
      const portfolio = { account: before.opening.portfolio.account, accountId: account, positions };
      const { opening, commitment } = makeOpening(portfolio, salt, this.#slots, snapshot);
      const [known] = await sql.query(
        "select 1 as one from ballast.versions where account = $1 and commitment = $2",
        [formatField(account), formatField(commitment)],
      );
      if (known !== undefined) return undefined;
      const { venue, declaredBy } = before;
      const version = before.version + 1n;
      const made = { account, version, commitment, venue, declaredBy, asOf: now, since: now };
      await insertVersion(sql, made, sealOpening(this.#keyring, version, opening));
      return made;
    });
  }

  /** Seals everything anew that an older key sealed, a part at a time. @returns how many versions. */
  async reseal(): Promise<number> {
    let done = 0;
    for (const row of await this.#database.query("select account, version, sealed from ballast.versions")) {
      const sealed = read.bytes(row, "sealed");
      if (this.#keyring.isCurrent(sealed)) continue;
      const [account, version] = [read.text(row, "account"), read.bigint(row, "version")];
      const place = placeOf(parseField(account), version);
      await this.#database.query(
        "update ballast.versions set sealed = $3 where account = $1 and version = $2",
        [account, version, this.#keyring.seal(place, this.#keyring.open(place, sealed))],
      );
      done++;
    }
    return done;
  }

  #opened(row: Row): OpenVersion {
    const version = versionOf(row);
    return {
      ...version,
      opening: openSealed(this.#keyring, version.account, version.version, read.bytes(row, "sealed")),
    };
  }
}

/** Makes a version the newest one. */
async function insertVersion(sql: Sql, made: AccountVersion, sealed: Uint8Array): Promise<void> {
  const { version, commitment, venue, declaredBy, asOf, since } = made;
  const account = formatField(made.account);
  await sql.query(
    `insert into ballast.accounts (id, version) values ($1, $2)
    on conflict (id) do update set version = excluded.version, changed_at = now()`,
    [account, version],
  );
  await sql.query(
    `insert into ballast.versions (account, version, commitment, venue, declared_by, as_of, since, sealed)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [account, version, formatField(commitment), venue, declaredBy, asOf, since, sealed],
  );
}

function versionOf(row: Row): AccountVersion {
  return {
    account: parseField(read.text(row, "account")),
    version: read.bigint(row, "version"),
    commitment: parseField(read.text(row, "commitment")) as Commitment,
    venue: read.text(row, "venue"),
    declaredBy: read.text(row, "declared_by") as DeclaredBy,
    asOf: read.bigint(row, "as_of"),
    since: read.bigint(row, "since"),
  };
}

function behind(account: string, what: string): BallastError {
  return new BallastError("VERSION_BEHIND", `The version of ${account.slice(0, 60)} ${what}.`, {
    hint: "A version stands for one portfolio, and each change has a higher one. The last reading stays.",
  });
}
