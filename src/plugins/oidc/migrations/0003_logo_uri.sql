-- Where an app that described itself says its logo is, and which logos came from there rather than from an administrator.

alter table oidc_clients add column logo_uri text;
alter table oidc_client_logos add column source_uri text;
