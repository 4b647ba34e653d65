-- Access to an API without any of its permissions, and APIs that are open to every app described by a metadata document.

create table oidc_api_access (
  client_id text not null references oidc_clients (id) on delete cascade,
  api_id text not null references oidc_apis (id) on delete cascade,
  subject text not null,
  primary key (client_id, api_id, subject)
) strict, without rowid;
create index oidc_api_access_by_api on oidc_api_access (api_id);
create index oidc_api_grants_by_permission on oidc_api_grants (permission_id);

alter table oidc_apis add column open_to_documents integer not null default 0;
alter table oidc_api_permissions add column open_to_documents integer not null default 0;

-- Which apps an administrator let use which API. A permission brings access with it.
create view oidc_api_reach as
select client_id, api_id, subject from oidc_api_access
union
select oidc_api_grants.client_id, oidc_api_permissions.api_id, oidc_api_grants.subject
from oidc_api_grants join oidc_api_permissions on oidc_api_permissions.id = oidc_api_grants.permission_id;
