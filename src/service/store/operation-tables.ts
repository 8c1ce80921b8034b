/** What only rises: counts, and how often something took no longer than a bound of seconds. */
export const METERS = `create table ballast.meters (
  name text not null,
  label text not null,
  bound double precision not null,
  times bigint not null,
  total double precision not null,
  primary key (name, label, bound)
)`;

/**
 * What happens, for whoever follows it: written by triggers in the transaction of what it tells of. A row gets its place, in which order
 * it is told, only once that transaction is over: places of transactions that end in another order than they began would else be missed.
 */
const PROGRESS = `create table ballast.progress (
  number bigint generated always as identity primary key,
  place bigint unique,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('account', 'job', 'proof')),
  account text not null,
  version bigint,
  commitment text not null,
  snapshot text,
  job text,
  state text not null
)`;

const TELL_VERSION = `create function ballast.tell_version() returns trigger language plpgsql as $$
begin
  insert into ballast.progress (kind, account, version, commitment, state)
  values ('account', new.account, new.version, new.commitment, 'accepted');
  return null;
end $$`;

const TELL_JOB = `create function ballast.tell_job() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.state <> old.state then
    insert into ballast.progress (kind, account, version, commitment, snapshot, job, state)
    values ('job', new.account, new.version, new.commitment, new.snapshot, new.id, new.state);
  end if;
  return null;
end $$`;

const TELL_PROOF = `create function ballast.tell_proof() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.state <> old.state then
    insert into ballast.progress (kind, account, commitment, snapshot, job, state)
    values ('proof', new.account, new.commitment, new.snapshot, new.id, new.state);
  end if;
  return null;
end $$`;

const trigger = (name: string, on: string, when: string): string =>
  `create trigger ${name} after ${when} on ballast.${on} for each row execute function ballast.${name}()`;

/** Progress as it is told, and roles that a person holds. */
export const OPERATION: readonly string[] = [
  PROGRESS,
  "create sequence ballast.progress_places",
  "create index progress_unplaced on ballast.progress (number) where place is null",
  "create index progress_account on ballast.progress (account, place)",
  TELL_VERSION,
  TELL_JOB,
  TELL_PROOF,
  trigger("tell_version", "versions", "insert"),
  trigger("tell_job", "jobs", "insert or update"),
  trigger("tell_proof", "proofs", "insert or update"),
  `create table ballast.pauses (
    role text primary key,
    by text not null,
    since timestamptz not null default now()
  )`,
];
