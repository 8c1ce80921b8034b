/** Cases as the chain has them; settled ones are done with, their bonds and hold-backs too. */
export const CASES = `create table ballast.cases (
  id text primary key,
  account text not null,
  commitment text not null,
  status text not null,
  outcome text not null,
  tier smallint not null,
  until bigint not null,
  is_settled boolean not null default false,
  opened_at bigint not null,
  changed_at timestamptz not null default now()
)`;

/** Accounts that somebody has challenged and that have not answered. */
export const CHALLENGES = `create table ballast.challenges (
  account text primary key,
  commitment text not null,
  until bigint not null
)`;

/** What the keeper does: each step once, with what it was reckoned to cost and to pay. Amounts are wei and token units. */
export const STEPS = `create table ballast.steps (
  id text primary key,
  case_id text,
  account text,
  act text not null,
  role text not null,
  state text not null default 'running' check (state in ('running', 'done', 'failed', 'held')),
  tries smallint not null default 0,
  not_before bigint not null default 0,
  cost numeric(78) not null,
  bond numeric(78) not null,
  pays numeric(78) not null,
  says text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
)`;

/** Openings of accounts as steps will leave them: kept before anything is sent. */
export const OUTCOMES = `create table ballast.outcomes (
  commitment text primary key,
  account text not null,
  step text not null,
  is_adopted boolean not null default false,
  sealed bytea not null,
  created_at timestamptz not null default now()
)`;

/** Bids, sealed: without its salt a bid can't be revealed. */
export const BIDS = `create table ballast.bids (
  case_id text not null,
  bidder text not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (case_id, bidder)
)`;

/**
 * What the ledger has of accounts, as it was read last. Where that is none of the venue's versions, `seen_as_of`, added later, is as
 * of when the newest one was told by then.
 */
export const LEDGER = `create table ballast.ledger (
  account text primary key,
  commitment text not null
)`;
