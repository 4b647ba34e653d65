-- Apps that are told of people and groups, and what each of them was told last.

create table scim_providers (
  id text primary key,
  client_id text not null unique,
  endpoint text not null,
  sealed_token text,
  created_at integer not null,
  last_synced_at integer,
  last_fault text,
  wanted_at integer,
  claimed_until integer
) strict;

create table scim_resources (
  provider_id text not null references scim_providers (id) on delete cascade,
  kind text not null,
  local_id text not null,
  remote_id text not null,
  digest text not null,
  primary key (provider_id, kind, local_id)
) strict, without rowid;
