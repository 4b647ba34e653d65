-- People by any three letters in a row. Contentless: the text stays in users, only where it occurs is here. New rows are taken up later
-- (identity/user-search.ts), so writing 100,000 of them costs nothing more; what changes or goes is noted by the triggers.
create virtual table user_search using fts5(text, content='', contentless_delete=1, tokenize='trigram remove_diacritics 1');

create table user_search_stale (n integer primary key) strict;

-- How far the index goes: the greatest rowid in it, and whose it is. Another id at that place means that the rows were numbered anew.
create table user_search_reach (
  id integer primary key check (id = 1),
  n integer not null,
  user_id text not null
) strict;
insert into user_search_reach values (1, 0, '');

create trigger user_search_changed after update of username, email, first_name, last_name, display_name on users
when old.username is not new.username or old.email is not new.email or old.display_name is not new.display_name
  or old.first_name is not new.first_name or old.last_name is not new.last_name
begin insert or ignore into user_search_stale values (old.rowid); end;

create trigger user_search_gone after delete on users begin insert or ignore into user_search_stale values (old.rowid); end;

create index users_shut_out on users (id) where (disabled or source_disabled) = 1;
create index users_by_day on users (created_at);
