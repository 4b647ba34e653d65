-- What of a long list does not fit into a report: parts of a thousand items, packed. They go with their run or plan.
create table ldap_lists (
  id integer primary key,
  run integer references ldap_runs (id) on delete cascade,
  plan_source text,
  plan_hash text,
  kind text not null,
  items integer not null,
  content blob not null,
  foreign key (plan_source, plan_hash) references ldap_plans (source, hash) on delete cascade
) strict;
create index ldap_lists_by_run on ldap_lists (run, kind, id) where run is not null;
create index ldap_lists_by_plan on ldap_lists (plan_source, plan_hash, kind, id) where plan_source is not null;
