-- Files of FILE_BACKEND=database, and whose picture each of the profile pictures is.
create table files (
  name text primary key,
  bytes blob not null,
  updated_at integer not null
) strict;

create table profile_pictures (
  user_id text not null references users (id) on delete cascade,
  origin text not null check (origin in ('own', 'source')),
  file text not null,
  type text not null,
  digest text not null,
  updated_at integer not null,
  primary key (user_id, origin)
) strict, without rowid;
