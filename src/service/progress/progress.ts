import * as z from "zod";
import { type Field, formatField } from "../../math/field.ts";
import { type Database, only, type Row, read, type Sql, type Value } from "../store/database.ts";

const id = z.string().describe("0x and 64 hex digits.");

/** One thing that happened, in public words. */
export const progressSchema = z
  .object({
    id: z.string().describe("Rises; not by one."),
    at: z.string().describe("UTC, by the database's clock."),
    kind: z.enum(["account", "job", "proof"]),
    state: z
      .string()
      .describe("accepted; waiting, active, done, superseded, dead; proven, sending, attested, refused."),
    account: id,
    commitment: id,
    version: z.string().optional(),
    snapshot: id.optional(),
    job: z.string().optional().describe("64 hex digits."),
  })
  .meta({ id: "Progress" });
export type ProgressEntry = z.output<typeof progressSchema>;

/** Days for which progress is kept. */
export const KEPT_DAYS = 7;
const LOCK = 7_093_009_342n;

/** What happened, in an order that stays: whoever has read up to a place has missed nothing before it. */
export class Progress {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * What came after a place, oldest first.
   * @param after 0 for all that is kept.
   */
  async after(after: bigint, atMost: number, account?: Field): Promise<readonly ProgressEntry[]> {
    await this.#place();
    const values: Value[] = [after, atMost];
    if (account !== undefined) values.push(formatField(account));
    const rows = await this.#database.query(
      `select * from ballast.progress where place > $1 ${account === undefined ? "" : "and account = $3"}
      order by place limit $2`,
      values,
    );
    return rows.map(entryOf);
  }

  /** The places of the oldest that is kept and of the newest; both 0 where there is none. */
  async bounds(): Promise<{ readonly oldest: bigint; readonly newest: bigint }> {
    await this.#place();
    const row = only(
      await this.#database.query(
        "select coalesce(min(place), 0) as oldest, coalesce(max(place), 0) as newest from ballast.progress",
      ),
    );
    return { oldest: read.bigint(row, "oldest"), newest: read.bigint(row, "newest") };
  }

  /** Forgets what is older than a week. @returns how much. */
  async prune(): Promise<number> {
    const rows = await this.#database.query(
      `delete from ballast.progress where at < clock_timestamp() - $1 * interval '1 day' returning number`,
      [KEPT_DAYS],
    );
    return rows.length;
  }

  /** Gives what is new its place. One at a time does, and is seen by the next: a place stands for all below it. */
  async #place(): Promise<void> {
    const [waits] = await this.#database.query("select 1 from ballast.progress where place is null limit 1");
    if (waits === undefined) return;
    await this.#database.transaction(async (sql: Sql) => {
      await sql.query("select pg_advisory_xact_lock($1)", [LOCK]);
      await sql.query(
        `update ballast.progress set place = ordered.place from (
          select number, nextval('ballast.progress_places') as place from (
            select number from ballast.progress where place is null order by number) as waiting) as ordered
        where progress.number = ordered.number`,
      );
    });
  }
}

function entryOf(row: Row): ProgressEntry {
  const optional = (column: string): object => {
    const value = read.textOrNull(row, column);
    return value === null ? {} : { [column]: value };
  };
  return progressSchema.parse({
    id: read.text(row, "place"),
    at: new Date(row["at"] as Date | string).toISOString(),
    kind: read.text(row, "kind"),
    state: read.text(row, "state"),
    account: read.text(row, "account"),
    commitment: read.text(row, "commitment"),
    ...optional("version"),
    ...optional("snapshot"),
    ...optional("job"),
  });
}
