create table ldap_runs (
  id integer primary key,
  source text not null,
  started_at integer not null,
  finished_at integer not null,
  outcome text not null,
  changes integer not null,
  repeats integer not null default 1,
  report text not null
) strict;
create index ldap_runs_by_source on ldap_runs (source, id);
