import { BIDS, CASES, CHALLENGES, LEDGER, OUTCOMES, STEPS } from "./case-tables.ts";
import { METERS, OPERATION } from "./operation-tables.ts";
import { PROPOSALS, REGISTRY, SIGNATURES, SIGNERS } from "./snapshot-tables.ts";

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

const ACCOUNTS = `create table ballast.accounts (
  id text primary key,
  version bigint not null,
  changed_at timestamptz not null default now()
)`;

/** Each version's opening: name, salt and positions are sealed. */
const VERSIONS = `create table ballast.versions (
  account text not null references ballast.accounts (id),
  version bigint not null,
  commitment text not null,
  venue text not null,
  declared_by text not null check (declared_by in ('venue', 'self')),
  as_of bigint not null,
  since bigint not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (account, version)
)`;

const SNAPSHOTS = `create table ballast.snapshots (
  id text primary key,
  time bigint not null,
  content text not null,
  created_at timestamptz not null default now()
)`;

const EVALUATIONS = `create table ballast.evaluations (
  account text not null references ballast.accounts (id),
  version bigint not null,
  snapshot text not null references ballast.snapshots (id),
  tier smallint not null check (tier between 0 and 4),
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (account, snapshot, version)
)`;

/** Proofs that were made, and what became of them on chain. All of it is public. */
const PROOFS = `create table ballast.proofs (
  id text primary key references ballast.jobs (id),
  account text not null,
  commitment text not null,
  snapshot text not null,
  circuit text not null,
  urgency smallint not null,
  tier smallint not null,
  deadline bigint not null,
  content text not null,
  state text not null default 'proven' check (state in ('proven', 'sending', 'attested', 'refused')),
  transaction text,
  reason text,
  expires_at bigint,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (account, commitment, snapshot)
)`;

const TRANSACTIONS = `create table ballast.transactions (
  id text primary key,
  sender text not null,
  target text not null,
  data text not null,
  gas bigint not null,
  nonce bigint not null,
  drop_after bigint not null,
  state text not null default 'sent' check (state in ('sent', 'mined', 'confirmed', 'reverted', 'lost')),
  block bigint,
  block_hash text,
  hash text,
  spent numeric(78) not null default 0,
  sent_at bigint not null,
  changed_at timestamptz not null default now()
)`;

/** What was signed for a transaction: each has its number, one of them at most is mined. */
const ATTEMPTS = `create table ballast.attempts (
  hash text primary key,
  transaction text not null references ballast.transactions (id),
  raw text not null,
  fee numeric(78) not null,
  tip numeric(78) not null,
  is_noop boolean not null,
  at bigint not null
)`;

/** Of a key the hash of its secret alone is here. */
const KEYS = `create table ballast.keys (
  id text primary key,
  name text not null,
  hash bytea not null,
  scopes text not null,
  declared_by text not null check (declared_by in ('venue', 'self')),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
)`;

/** Who asked for what change, and what came of it; accounts by their ids. */
const AUDIT = `create table ballast.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  key text not null,
  action text not null,
  account text,
  version bigint,
  outcome text not null
)`;

/** Calls of keys, each to be made once. All of it is public. */
const CALLS = `create table ballast.calls (
  id text primary key,
  number bigint generated always as identity,
  sender text not null,
  target text not null,
  data text not null,
  purpose text not null,
  urgency smallint not null,
  drop_after bigint not null,
  spare_gas bigint not null,
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'done', 'refused')),
  transaction text,
  reason text,
  hash text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
)`;

/** What a job proves that is no attestation: its inputs are sealed, and gone once the proof is there. */
const STATEMENTS = `create table ballast.statements (
  job text primary key references ballast.jobs (id),
  sealed bytea,
  proof text,
  created_at timestamptz not null default now(),
  check (sealed is not null or proof is not null)
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
  {
    name: "accounts, snapshots and evaluations",
    statements: [
      ACCOUNTS,
      VERSIONS,
      SNAPSHOTS,
      "create index snapshots_time on ballast.snapshots (time desc)",
      EVALUATIONS,
    ],
  },
  {
    name: "proofs and transactions",
    statements: [
      PROOFS,
      "create index proofs_open on ballast.proofs (urgency, deadline) where state in ('proven', 'sending')",
      "create index proofs_account on ballast.proofs (account)",
      TRANSACTIONS,
      "create unique index transactions_number on ballast.transactions (sender, nonce) where state <> 'lost'",
      ATTEMPTS,
      "create index attempts_transaction on ballast.attempts (transaction)",
    ],
  },
  {
    name: "leaders and processes",
    statements: [
      `create table ballast.leaders (
        role text primary key,
        owner text not null,
        until timestamptz not null
      )`,
      `create table ballast.processes (
        name text primary key,
        roles text not null,
        clock bigint not null,
        started_at timestamptz not null default now(),
        seen_at timestamptz not null
      )`,
    ],
  },
  {
    name: "keys of the API and its audit log",
    statements: [KEYS, AUDIT],
  },
  {
    name: "calls and statements",
    statements: [
      STATEMENTS,
      CALLS,
      "create index calls_waiting on ballast.calls (sender, urgency, number) where state = 'waiting'",
      "create index calls_transaction on ballast.calls (transaction)",
    ],
  },
  {
    name: "meters",
    statements: [METERS, "alter table ballast.processes add column memory bigint not null default 0"],
  },
  {
    name: "cases and what is done in them",
    statements: [
      CASES,
      "create index cases_open on ballast.cases (id) where not is_settled",
      CHALLENGES,
      STEPS,
      OUTCOMES,
      "create index outcomes_open on ballast.outcomes (account) where not is_adopted",
      BIDS,
      LEDGER,
    ],
  },
  { name: "progress and pauses", statements: OPERATION },
  {
    name: "proposed snapshots and signers",
    statements: [
      PROPOSALS,
      "create index proposals_open on ballast.proposals (time) where state = 'open'",
      SIGNATURES,
      SIGNERS,
      REGISTRY,
      "alter table ballast.snapshots alter column content drop not null",
    ],
  },
  {
    name: "what others made of accounts on the ledger",
    statements: ["alter table ballast.ledger add column seen_as_of bigint"],
  },
];
