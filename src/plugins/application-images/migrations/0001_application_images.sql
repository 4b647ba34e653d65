create table application_images (
  name text primary key,
  media_type text not null,
  digest text not null,
  updated_at integer not null
) strict, without rowid;
