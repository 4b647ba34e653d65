-- What the last look at somebody's picture in the directory met: when the entry was changed, which bytes, what was wrong with them.
create table ldap_pictures (
  user_id text primary key references users (id) on delete cascade,
  stamp text not null,
  digest text,
  fault text
) strict;
