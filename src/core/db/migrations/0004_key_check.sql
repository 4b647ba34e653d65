-- A known word, sealed with the instance's encryption key on the first start: another key does not open it.
create table key_check (
  id integer primary key check (id = 1),
  sealed text not null
) strict;
