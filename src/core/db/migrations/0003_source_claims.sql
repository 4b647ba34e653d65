-- Claims that the source of a user decides: a JSON object of texts by name, or null. What is edited here stays in custom_claims.
alter table users add column source_claims text;
