import { systemClock } from "../clock.ts";
import type { OnEvent } from "./events.ts";
import { type Database, isGone } from "./store/database.ts";

/** Milliseconds for which a leader leads without saying so again. */
const TERM = 15_000;

export interface LeaderTimes {
  readonly term: number;
}

/** Tries to lead, or goes on leading. @returns whether the owner leads for a term from now. */
export async function lead(database: Database, role: string, owner: string, term = TERM): Promise<boolean> {
  const rows = await database.query(
    `insert into ballast.leaders (role, owner, until) values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
    on conflict (role) do update set owner = excluded.owner, until = excluded.until
      where leaders.owner = excluded.owner or leaders.until <= clock_timestamp()
    returning owner`,
    [role, owner, term],
  );
  return rows.length === 1;
}

/** Lets the next one lead at once. */
export async function resign(database: Database, role: string, owner: string): Promise<void> {
  await database.query("delete from ballast.leaders where role = $1 and owner = $2", [role, owner]);
}

/**
 * Works while this process leads a role, and waits while another one does: of several processes one at a time does the work. The work's
 * signal is aborted when the lead is lost.
 */
export async function whileLeading(
  { database, onEvent }: { readonly database: Database; readonly onEvent: OnEvent },
  role: string,
  owner: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
  { term }: LeaderTimes = { term: TERM },
): Promise<void> {
  let hasTold = false;
  while (!signal.aborted) {
    if (await tried(lead(database, role, owner, term))) {
      hasTold = false;
      onEvent({ role: "service", level: "info", message: `leads: ${role}` });
      await workAsLeader(database, role, owner, signal, work, term);
    } else if (!hasTold) {
      hasTold = true;
      onEvent({
        role: "service",
        level: "info",
        message: `another process leads ${role}: this one is ready to`,
      });
    }
    await rest(term / 3, signal);
  }
}

async function workAsLeader(
  database: Database,
  role: string,
  owner: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
  term: number,
): Promise<void> {
  const lost = new AbortController();
  let until = performance.now() + term;
  const renewal = setInterval(() => {
    const asked = performance.now();
    lead(database, role, owner, term).then(
      (leads) => {
        if (leads) until = asked + term;
        else lost.abort();
      },
      // Once the term is over another one may lead, whether the database answers here or not.
      () => {
        if (performance.now() >= until) lost.abort();
      },
    );
  }, term / 3);
  try {
    await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(renewal);
    if (!lost.signal.aborted) await resign(database, role, owner).catch(() => {});
  }
}

/** False where the database is away: then nobody leads from here. */
function tried(asked: Promise<boolean>): Promise<boolean> {
  return asked.catch((error: unknown) => {
    if (isGone(error)) return false;
    throw error;
  });
}

/** Waits in real time, unless the signal comes. */
export async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await systemClock.sleep(milliseconds, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
