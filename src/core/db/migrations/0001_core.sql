create table users (
  id text primary key,
  username text not null collate nocase unique,
  email text collate nocase unique,
  email_verified integer not null default 0,
  first_name text not null default '',
  last_name text not null default '',
  display_name text not null default '',
  is_admin integer not null default 0,
  locale text,
  disabled integer not null default 0,
  source_disabled integer not null default 0,
  source text,
  external_id text,
  source_digest text,
  created_at integer not null,
  updated_at integer not null
) strict;
create unique index users_by_source on users (source, external_id) where source is not null;
create index users_by_name on users (display_name, id);
create index users_by_admin on users (is_admin) where is_admin = 1;

create table groups (
  id text primary key,
  name text not null collate nocase unique,
  friendly_name text not null,
  source text,
  external_id text,
  source_digest text,
  created_at integer not null,
  updated_at integer not null
) strict;
create unique index groups_by_source on groups (source, external_id) where source is not null;

create table group_members (
  group_id text not null references groups (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  primary key (group_id, user_id)
) strict, without rowid;
create index group_members_by_user on group_members (user_id);

create table custom_claims (
  id text primary key,
  user_id text references users (id) on delete cascade,
  group_id text references groups (id) on delete cascade,
  key text not null,
  value text not null,
  check ((user_id is null) <> (group_id is null))
) strict;
create unique index custom_claims_by_user on custom_claims (user_id, key) where user_id is not null;
create unique index custom_claims_by_group on custom_claims (group_id, key) where group_id is not null;
create index custom_claims_by_key on custom_claims (key);

create table sessions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  amr text not null,
  ip_address text,
  user_agent text,
  created_at integer not null,
  expires_at integer not null
) strict;
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table settings (
  key text primary key,
  value text not null,
  updated_at integer not null
) strict;

create table leases (
  name text primary key,
  holder text not null,
  expires_at integer not null
) strict;
