-- What somebody agreed to for a request, and not only that they did: the app may be granted more before its answer is sent.

alter table oidc_interactions drop column consented;
alter table oidc_interactions add column agreed text;
