import { type Row, read, type Sql } from "./store/database.ts";

/** What a person can hold: planning, taking of jobs, sending of what is not out yet, and steps and runs that are begun. All else goes on. */
export const PAUSABLE = ["feed", "prover", "sender", "keeper", "solvency"] as const;
export type Pausable = (typeof PAUSABLE)[number];

/** A role that is held, in all processes. */
export interface Pause {
  readonly role: Pausable;
  /** The key's id. */
  readonly by: string;
  /** UTC, by the database's clock. */
  readonly since: string;
}

/** Roles that are held until somebody lets them go on; a restart changes nothing of it. */
export class Pauses {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async all(): Promise<readonly Pause[]> {
    return (await this.#sql.query("select * from ballast.pauses order by role")).map(pauseOf);
  }

  async has(role: Pausable): Promise<boolean> {
    return (await this.#sql.query("select 1 from ballast.pauses where role = $1", [role])).length > 0;
  }

  async pause(role: Pausable, by: string): Promise<void> {
    await this.#sql.query("insert into ballast.pauses (role, by) values ($1, $2) on conflict do nothing", [
      role,
      by,
    ]);
  }

  async resume(role: Pausable): Promise<void> {
    await this.#sql.query("delete from ballast.pauses where role = $1", [role]);
  }
}

function pauseOf(row: Row): Pause {
  const since = new Date(row["since"] as Date | string).toISOString();
  return { role: read.text(row, "role") as Pausable, by: read.text(row, "by"), since };
}
