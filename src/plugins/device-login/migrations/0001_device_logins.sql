create table device_logins (
  id text primary key,
  secret_hash text not null,
  user_code_hash text not null unique,
  state text not null default 'pending' check (state in ('pending', 'approved', 'denied')),
  user_id text references users (id) on delete cascade,
  ip_address text,
  user_agent text,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;
create index device_logins_by_user on device_logins (user_id);
create index device_logins_by_end on device_logins (expires_at);
