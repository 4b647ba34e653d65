create table oidc_clients (
  id text primary key,
  name text not null,
  description text not null default '',
  launch_url text,
  is_public integer not null default 0,
  pkce_enabled integer not null default 0,
  plain_pkce_allowed integer not null default 0,
  requires_reauthentication integer not null default 0,
  requires_pushed_requests integer not null default 0,
  requires_dpop integer not null default 0,
  skip_consent integer not null default 0,
  is_group_restricted integer not null default 0,
  callback_urls text not null default '[]',
  logout_callback_urls text not null default '[]',
  backchannel_logout_uri text,
  initiate_login_uri text,
  federated_identities text not null default '[]',
  token_endpoint_auth_method text,
  grant_types text not null default '[]',
  jwks text,
  jwks_uri text,
  id_token_signing_alg text,
  access_token_minutes integer not null default 60,
  refresh_token_minutes integer not null default 43200,
  origin text not null default 'admin',
  registration_token_hash text,
  metadata_expires_at integer,
  created_by text references users (id) on delete set null,
  created_at integer not null,
  updated_at integer not null
) strict;

create table oidc_client_secrets (
  id text primary key,
  client_id text not null references oidc_clients (id) on delete cascade,
  name text not null default '',
  hash text not null,
  hash_kind text not null default 'sha256',
  prefix text not null default '',
  created_at integer not null,
  expires_at integer,
  last_used_at integer
) strict;
create index oidc_client_secrets_by_client on oidc_client_secrets (client_id);

create table oidc_client_logos (
  client_id text not null references oidc_clients (id) on delete cascade,
  variant text not null,
  media_type text not null,
  updated_at integer not null,
  primary key (client_id, variant)
) strict;

create table oidc_client_groups (
  client_id text not null references oidc_clients (id) on delete cascade,
  group_id text not null references groups (id) on delete cascade,
  primary key (client_id, group_id)
) strict, without rowid;
create index oidc_client_groups_by_group on oidc_client_groups (group_id);

create table oidc_apis (
  id text primary key,
  name text not null,
  identifier text not null unique,
  created_at integer not null,
  updated_at integer not null
) strict;

create table oidc_api_permissions (
  id text primary key,
  api_id text not null references oidc_apis (id) on delete cascade,
  key text not null,
  name text not null default '',
  description text not null default '',
  unique (api_id, key)
) strict;

create table oidc_api_grants (
  client_id text not null references oidc_clients (id) on delete cascade,
  permission_id text not null references oidc_api_permissions (id) on delete cascade,
  subject text not null,
  primary key (client_id, permission_id, subject)
) strict, without rowid;

create table oidc_grants (
  id text primary key,
  client_id text not null references oidc_clients (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text,
  scope text not null,
  resources text not null default '[]',
  claims text,
  auth_time integer not null,
  acr text,
  amr text not null default '[]',
  created_at integer not null,
  expires_at integer not null,
  revoked_at integer
) strict;
create index oidc_grants_by_user on oidc_grants (user_id, client_id);
create index oidc_grants_by_client on oidc_grants (client_id);
create index oidc_grants_by_session on oidc_grants (session_id) where session_id is not null;
create index oidc_grants_by_expiry on oidc_grants (expires_at);

create table oidc_codes (
  code_hash text primary key,
  grant_id text not null references oidc_grants (id) on delete cascade,
  redirect_uri text not null,
  challenge text,
  challenge_method text,
  nonce text,
  dpop_thumbprint text,
  expires_at integer not null,
  used_at integer
) strict, without rowid;
create index oidc_codes_by_grant on oidc_codes (grant_id);

create table oidc_refresh_tokens (
  token_hash text primary key,
  grant_id text not null references oidc_grants (id) on delete cascade,
  scope text not null,
  dpop_thumbprint text,
  created_at integer not null,
  expires_at integer not null,
  used_at integer
) strict, without rowid;
create index oidc_refresh_tokens_by_grant on oidc_refresh_tokens (grant_id);
create index oidc_refresh_tokens_by_expiry on oidc_refresh_tokens (expires_at);

create table oidc_pushed_requests (
  uri_hash text primary key,
  client_id text not null references oidc_clients (id) on delete cascade,
  parameters text not null,
  dpop_thumbprint text,
  expires_at integer not null
) strict, without rowid;

create table oidc_device_codes (
  code_hash text primary key,
  user_code_hash text not null unique,
  client_id text not null references oidc_clients (id) on delete cascade,
  scope text not null,
  resources text not null default '[]',
  nonce text,
  state text not null default 'pending',
  grant_id text references oidc_grants (id) on delete cascade,
  interval_seconds integer not null,
  polled_at integer,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create table oidc_interactions (
  id_hash text primary key,
  client_id text not null references oidc_clients (id) on delete cascade,
  parameters text not null,
  pushed_hash text,
  user_id text references users (id) on delete cascade,
  reauthenticated_at integer,
  account_selected integer not null default 0,
  consented integer not null default 0,
  declined integer not null default 0,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create table oidc_consents (
  user_id text not null references users (id) on delete cascade,
  client_id text not null references oidc_clients (id) on delete cascade,
  scope text not null,
  created_at integer not null,
  last_used_at integer not null,
  primary key (user_id, client_id)
) strict, without rowid;
create index oidc_consents_by_client on oidc_consents (client_id);

create table oidc_spent_ids (
  purpose text not null,
  id_hash text not null,
  expires_at integer not null,
  primary key (purpose, id_hash)
) strict, without rowid;
create index oidc_spent_ids_by_expiry on oidc_spent_ids (expires_at);

create table oidc_app_sessions (
  session_id text not null,
  client_id text not null references oidc_clients (id) on delete cascade,
  user_id text not null,
  expires_at integer not null,
  ended_at integer,
  attempts integer not null default 0,
  next_at integer,
  primary key (session_id, client_id)
) strict, without rowid;
create index oidc_app_sessions_by_end on oidc_app_sessions (next_at) where next_at is not null;

create table oidc_signing_keys (
  id text primary key,
  algorithm text not null,
  public_key text not null,
  private_key text,
  created_at integer not null,
  signs_from integer not null,
  published_until integer
) strict;
