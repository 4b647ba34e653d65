create table changes (
  id integer primary key,
  changeset text not null,
  batch integer not null,
  kind text not null,
  table_name text not null,
  columns text not null,
  before text not null,
  after text not null,
  at integer not null
) strict;
create index changes_by_changeset on changes (changeset, id);
create index changes_by_time on changes (at);

create table kept_rows (
  change_id integer not null references changes (id) on delete cascade,
  root_id text not null,
  depth integer not null,
  table_name text not null,
  image text not null
) strict;
create index kept_rows_by_change on kept_rows (change_id, depth);
create index kept_rows_by_root on kept_rows (root_id);
create index kept_rows_by_origin on kept_rows (table_name, image ->> 'source', image ->> 'external_id') where depth = 0;
