alter table ldap_runs add column kind text not null default 'sync';
alter table ldap_runs add column started_how text not null default 'schedule';
alter table ldap_runs add column started_by text;
alter table ldap_runs add column undoes integer;
alter table ldap_runs add column undone_by integer;

create table ldap_plans (
  source text not null,
  hash text not null,
  kept_at integer not null,
  expires_at integer not null,
  report text not null,
  primary key (source, hash)
) strict;

create table ldap_allowances (
  source text primary key,
  percent integer not null,
  given_by text,
  expires_at integer not null
) strict;
