create table passkeys (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  name text not null,
  credential_id text not null unique,
  public_key text not null,
  counter integer not null,
  transports text not null,
  aaguid text not null,
  attestation_type text not null,
  backup_eligible integer not null,
  backup_state integer not null,
  created_at integer not null,
  last_used_at integer
) strict;
create index passkeys_by_user on passkeys (user_id);

create table passkey_spent_ceremonies (
  id text primary key,
  expires_at integer not null
) strict;

create table passkey_reauthentications (
  token_hash text primary key,
  session_id text not null references sessions (id) on delete cascade,
  expires_at integer not null
) strict;
