/** Snapshots that are to be signed, as files. */
export const PROPOSALS = `create table ballast.proposals (
  id text primary key,
  time bigint not null,
  publish_by bigint not null,
  why text not null,
  content text not null,
  state text not null default 'open' check (state in ('open', 'published', 'lapsed')),
  reason text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
)`;

/** What each signer says of a proposal: a signature, or why there is none. Nobody takes the place of what another user of the database said. */
export const SIGNATURES = `create table ballast.signatures (
  proposal text not null references ballast.proposals (id) on delete cascade,
  signer text not null,
  signature text,
  reason text,
  said_by text not null default current_user,
  said_at timestamptz not null default now(),
  primary key (proposal, signer, said_by),
  check ((signature is null) <> (reason is null))
)`;

/** By what each signer judges. */
export const SIGNERS = `create table ballast.signers (
  address text primary key,
  tolerances text not null,
  seen_at timestamptz not null
)`;

/** The instruments' ids, which stay the same for ever: one file. */
export const REGISTRY = `create table ballast.registry (
  one boolean primary key check (one),
  content text not null
)`;
