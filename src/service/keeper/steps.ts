import { type Field, formatField } from "../../math/field.ts";
import { read, type Sql } from "../store/database.ts";
import type { DueStep } from "./due.ts";
import type { Worth } from "./worth.ts";

/** Running until it is done; failed is tried again later; held is not done as long as the rules stay. */
export type StepState = "running" | "done" | "failed" | "held";

export interface NewStep extends DueStep {
  readonly id: string;
  readonly caseId: bigint | undefined;
  readonly accountId: Field;
  readonly worth: Worth;
}

/** Milliseconds of the service's clock before a step that failed is tried again, doubled each time. */
const BACKOFF = 30_000n;
/** How often it is doubled, at most. */
const MOST_DOUBLED = 6;

/** What the keeper has done and does: for people, measures, and whoever goes on after a kill. */
export class Steps {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * Begins a step, or goes on with one that a killed process began.
   * @param now Unix milliseconds by the service's clock.
   * @returns false for one that is done, or waits before it is tried again.
   */
  async begin({ id, caseId, accountId, act, role, worth }: NewStep, now: bigint): Promise<boolean> {
    const rows = await this.#sql.query(
      `insert into ballast.steps (id, case_id, account, act, role, cost, bond, pays) values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (id) do update set state = 'running', cost = excluded.cost, changed_at = now()
        where steps.state in ('running', 'held') or (steps.state = 'failed' and steps.not_before <= $9)
      returning id`,
      [
        ...[id, caseId === undefined ? null : caseId.toString(), formatField(accountId), act, role],
        ...[worth.cost, worth.bond, worth.pays, now],
      ],
    );
    return rows.length === 1;
  }

  async done(id: string, says: string): Promise<void> {
    await this.#end(id, "done", says);
  }

  /** It is not done, by the rules. @returns whether that is new. */
  async held({ id, caseId, accountId, act, role, worth }: NewStep, says: string): Promise<boolean> {
    const rows = await this.#sql.query(
      `insert into ballast.steps (id, case_id, account, act, role, cost, bond, pays, state, says)
      values ($1, $2, $3, $4, $5, $6, $7, $8, 'held', $9) on conflict do nothing returning id`,
      [
        ...[id, caseId === undefined ? null : caseId.toString(), formatField(accountId), act, role],
        ...[worth.cost, worth.bond, worth.pays, says],
      ],
    );
    return rows.length === 1;
  }

  /** @param now Unix milliseconds by the service's clock. @param says in public words. */
  async failed(id: string, says: string, now: bigint): Promise<void> {
    await this.#sql.query(
      `update ballast.steps set state = 'failed', says = $2, tries = tries + 1,
        not_before = $3::bigint + $4::bigint * (1 << least(tries, $5::int)), changed_at = now() where id = $1`,
      [id, says, now, BACKOFF, MOST_DOUBLED],
    );
  }

  /** How often a step was tried and failed. */
  async triesOf(id: string): Promise<number> {
    const [row] = await this.#sql.query("select tries from ballast.steps where id = $1", [id]);
    return row === undefined ? 0 : read.number(row, "tries");
  }

  /** How many there are of each state. */
  async counts(): Promise<Readonly<Record<StepState, number>>> {
    const counts = { running: 0, done: 0, failed: 0, held: 0 };
    for (const row of await this.#sql.query(
      "select state, count(*) as steps from ballast.steps group by state",
    ))
      counts[read.text(row, "state") as StepState] = read.number(row, "steps");
    return counts;
  }

  async #end(id: string, state: StepState, says: string): Promise<void> {
    await this.#sql.query(
      "update ballast.steps set state = $2, says = $3, changed_at = now() where id = $1",
      [id, state, says],
    );
  }
}
