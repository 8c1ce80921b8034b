import { Steps } from "../keeper/steps.ts";
import { Calls } from "../sender/calls.ts";
import { Proposals } from "../signer/proposals.ts";
import { type Database, read } from "../store/database.ts";
import { metric, type Samples } from "./metric.ts";

/** What feed, signers and keeper are to see to: calls, proposals, cases, steps. */
export async function dutyMetrics(database: Database) {
  const byState = (counts: Readonly<Record<string, number>>): Samples =>
    Object.entries(counts).map(([state, count]) => [count, { state }] as const);
  const cases = await database.query(
    "select status, count(*) as cases from ballast.cases where status <> 'closed' group by status order by status",
  );
  return [
    metric("ballast_calls", "gauge", "Calls of keys by state.", byState(await new Calls(database).counts())),
    metric(
      "ballast_proposals",
      "gauge",
      "Proposed snapshots by what became of them.",
      byState(await new Proposals(database).counts()),
    ),
    metric("ballast_cases_open", "gauge", "Open cases by status.", [
      ...cases.map((row) => [read.number(row, "cases"), { status: read.text(row, "status") }] as const),
    ]),
    metric(
      "ballast_keeper_steps",
      "gauge",
      "The keeper's steps by state.",
      byState(await new Steps(database).counts()),
    ),
  ];
}
