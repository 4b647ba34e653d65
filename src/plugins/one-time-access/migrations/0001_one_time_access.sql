create table one_time_tokens (
  token_hash text primary key,
  user_id text not null references users (id) on delete cascade,
  device_hash text,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;
create index one_time_tokens_by_user on one_time_tokens (user_id);
