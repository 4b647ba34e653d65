create table api_keys (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  name text not null,
  description text,
  -- SHA-256 in hexadecimal, as Pocket ID stores it: an imported key goes on working.
  key_hash text not null unique,
  expires_at integer not null,
  last_used_at integer,
  created_at integer not null,
  expiration_email_sent integer not null default 0
) strict;
create index api_keys_by_user on api_keys (user_id);
