import { Registry } from "prom-client";
import { type Clock, systemClock } from "../../clock.ts";
import { readStatus, type Status } from "../status.ts";
import type { Database } from "../store/database.ts";
import { dutyMetrics } from "./duties.ts";
import { type Figures, readFigures } from "./figures.ts";
import { BOUNDS, COUNTERS, type Counter, type Meter, Meters, STEPS } from "./meters.ts";
import { metric } from "./metric.ts";

export interface MetricsParts {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
}

const ETHER = 1e18;

/**
 * The service's figures for Prometheus: of all its processes, from the database that they share. Public: counts, times and ids of
 * processes and senders.
 * @throws {BallastError} STORE_ERROR.
 */
export async function metricsText({ database, clock }: MetricsParts): Promise<string> {
  const now = clock.now();
  const status = await readStatus(database, now / 1_000n, systemClock.now());
  const meters = await new Meters(database).all();
  const registry = new Registry();
  const metrics = [
    ...accountMetrics(status, now),
    ...workMetrics(status, await readFigures(database, systemClock.now())),
    ...(await dutyMetrics(database)),
    ...COUNTERS.map((counter) => counted(counter, meters)),
    durations(meters),
  ];
  for (const metric of metrics) registry.registerMetric(metric);
  return registry.metrics();
}

function accountMetrics({ tiers, accounts, fresh, oldestUnproven, snapshot }: Status, now: bigint) {
  const since = (moment: bigint): number => Math.max(0, Number(now - moment) / 1_000);
  return [
    metric("ballast_accounts", "gauge", "Accounts.", [[accounts]]),
    metric("ballast_accounts_by_tier", "gauge", "Accounts in each tier, by the newest snapshot.", [
      ...tiers.map((count, tier) => [count, { tier: String(tier) }] as const),
    ]),
    metric(
      "ballast_accounts_fresh",
      "gauge",
      "Accounts whose newest commitment has an attestation that counts.",
      [[fresh]],
    ),
    metric(
      "ballast_oldest_unproven_seconds",
      "gauge",
      "Age of the commitment that has waited longest for its first attestation; 0 where none waits.",
      [[oldestUnproven === undefined ? 0 : since(oldestUnproven)]],
    ),
    metric(
      "ballast_snapshot_age_seconds",
      "gauge",
      "Age of the newest snapshot; absent before the first.",
      snapshot === undefined ? [] : [[since(snapshot.time * 1_000n)]],
    ),
  ];
}

function workMetrics({ proofs, leaders }: Status, figures: Figures) {
  const { jobs, transactions, spent, longestWait, processes } = figures;
  const of = ({ name, roles }: (typeof processes)[number]) => ({ process: name, roles });
  return [
    metric("ballast_jobs", "gauge", "Jobs by what they are for and state.", [
      ...jobs.map(({ purpose, state, count }) => [count, { purpose, state }] as const),
    ]),
    metric("ballast_job_wait_seconds", "gauge", "How long the longest waiting job has waited for a worker.", [
      [longestWait.job],
    ]),
    metric("ballast_proofs", "gauge", "Proofs by what became of them.", [
      ...Object.entries(proofs).map(([state, count]) => [count, { state }] as const),
    ]),
    metric(
      "ballast_sender_lag_seconds",
      "gauge",
      "Age of the proof that has waited longest for its attestation.",
      [[longestWait.proof]],
    ),
    metric("ballast_transactions", "gauge", "Transactions by state.", [
      ...transactions.map(({ state, count }) => [count, { state }] as const),
    ]),
    metric("ballast_spent_day_ether", "gauge", "Ether that a key has spent in 24 hours.", [
      ...spent.map(({ sender, wei }) => [Number(wei) / ETHER, { sender }] as const),
    ]),
    metric("ballast_process_memory_bytes", "gauge", "Resident memory of a process, without what it starts.", [
      ...processes.map((one) => [Number(one.memory), of(one)] as const),
    ]),
    metric("ballast_process_silent_seconds", "gauge", "Since a process said last that it is there.", [
      ...processes.map((one) => [one.silent, of(one)] as const),
    ]),
    metric("ballast_leader", "gauge", "Which process leads a role.", [
      ...leaders.map(({ role, owner }) => [1, { role, process: owner }] as const),
    ]),
  ];
}

const COUNTED: Readonly<Record<Counter, readonly [name: string, help: string, label?: string]>> = {
  "evaluated accounts": ["ballast_evaluated_accounts_total", "Accounts evaluated by the reference model."],
  warnings: ["ballast_warnings_total", "Warnings of the log, by role.", "role"],
  requests: ["ballast_requests_total", "Requests to the API, by status.", "status"],
};

function counted(counter: Counter, meters: readonly Meter[]) {
  const [name, help, label] = COUNTED[counter];
  const own = meters.filter((meter) => meter.name === counter);
  const samples = own.map((one) => [one.times, label === undefined ? {} : { [label]: one.label }] as const);
  return metric(name, "counter", help, samples);
}

function durations(meters: readonly Meter[]) {
  const steps = meters.filter(({ name }) => (STEPS as readonly string[]).includes(name));
  const pairs = [...new Map(steps.map((one) => [`${one.name}\n${one.label}`, one])).values()];
  const samples = pairs.flatMap(({ name: step, label: circuit }) => {
    const own = steps.filter(({ name, label }) => name === step && label === circuit);
    const below = (most: number): number =>
      sum(own.filter(({ bound }) => bound <= most).map(({ times }) => times));
    return [
      ...BOUNDS.map(
        (le) => [below(le), { step, circuit, le: le === Infinity ? "+Inf" : String(le) }, "_bucket"] as const,
      ),
      [sum(own.map(({ total }) => total)), { step, circuit }, "_sum"] as const,
      [below(Infinity), { step, circuit }, "_count"] as const,
    ];
  });
  return metric("ballast_step_seconds", "histogram", "How long steps take, by circuit.", samples);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
