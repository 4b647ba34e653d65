-- What the source calls the row: for a directory the DN of the entry, as it was read last.
alter table users add column source_entry text;
alter table groups add column source_entry text;
