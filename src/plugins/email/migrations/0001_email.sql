-- Letters that wait to be sent. What they say is sealed: codes and links stand in them.
create table outbox (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  kind text not null,
  language text not null,
  sealed text not null,
  attempts integer not null default 0,
  due_at integer not null,
  created_at integer not null,
  expires_at integer not null,
  failure text,
  failed_at integer
) strict;
create index outbox_by_due on outbox (due_at);
create index outbox_by_user on outbox (user_id);

create table email_verifications (
  token_hash text primary key,
  user_id text not null references users (id) on delete cascade,
  email text not null,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;
create index email_verifications_by_user on email_verifications (user_id);

-- Browsers and places that somebody signed in with: a keyed hash of both, and the language that was asked for.
create table known_devices (
  user_id text not null references users (id) on delete cascade,
  device_hash text not null,
  language text,
  last_seen_at integer not null,
  primary key (user_id, device_hash)
) strict, without rowid;
