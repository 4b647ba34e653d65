create table signup_tokens (
  id text primary key,
  token_hash text not null unique,
  -- Sealed with the vault: administrators copy the link of an invitation again later.
  sealed text not null,
  usage_limit integer not null check (usage_limit > 0),
  usage_count integer not null default 0 check (usage_count <= usage_limit),
  created_at integer not null,
  expires_at integer not null
) strict;

create table signup_token_groups (
  token_id text not null references signup_tokens (id) on delete cascade,
  group_id text not null references groups (id) on delete cascade,
  primary key (token_id, group_id)
) strict, without rowid;
create index signup_token_groups_by_group on signup_token_groups (group_id);
