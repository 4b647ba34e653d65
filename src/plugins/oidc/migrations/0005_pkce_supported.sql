-- An app that need not use PKCE has been seen to: its administrator may demand it.

alter table oidc_clients add column pkce_supported integer not null default 0;
