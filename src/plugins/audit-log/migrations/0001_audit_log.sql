-- No reference to users: an entry outlives whom it is about, and keeps the names of its time.
create table audit_log (
  id text primary key,
  created_at integer not null,
  event text not null,
  ip_address text,
  country text not null default '',
  city text not null default '',
  device text not null default '',
  user_id text not null,
  username text not null,
  actor_username text,
  client_name text,
  data text not null
) strict;
create index audit_log_by_time on audit_log (created_at, id);
create index audit_log_by_user on audit_log (user_id, created_at);
create index audit_log_by_client on audit_log (client_name) where client_name is not null;
