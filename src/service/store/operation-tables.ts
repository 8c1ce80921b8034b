/** What only rises: counts, and how often something took no longer than a bound of seconds. */
export const METERS = `create table ballast.meters (
  name text not null,
  label text not null,
  bound double precision not null,
  times bigint not null,
  total double precision not null,
  primary key (name, label, bound)
)`;
