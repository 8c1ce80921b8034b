/** One step of the schema. Steps are never changed once they are released: what they made is in databases. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/*
 * Field elements are 0x and 64 digits. Times in seconds or milliseconds are those of the service's clock, which a local chain's may drive;
 * columns of the type timestamptz are the database's, for leases and for people. What is sealed is bytes.
 */
const JOBS = `create table ballast.jobs (
  id text primary key,
  purpose text not null,
  account text not null,
  version bigint not null,
  commitment text not null,
  snapshot text not null,
  circuit text not null,
  urgency smallint not null,
  deadline bigint not null,
  reason text not null,
  state text not null default 'waiting' check (state in ('waiting', 'active', 'done', 'superseded', 'dead')),
  tries smallint not null default 0,
  not_before timestamptz not null default now(),
  lease text,
  worker text,
  lease_until timestamptz,
  superseded_by text,
  failure text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  check ((state = 'active') = (lease is not null)),
  check ((state = 'superseded') = (superseded_by is not null))
)`;

export const MIGRATIONS: readonly Migration[] = [
  {
    name: "jobs",
    statements: [
      JOBS,
      "create index jobs_waiting on ballast.jobs (urgency, deadline, id) where state = 'waiting'",
      "create index jobs_active on ballast.jobs (lease_until) where state = 'active'",
      "create index jobs_live on ballast.jobs (account) where state in ('waiting', 'active')",
    ],
  },
];
