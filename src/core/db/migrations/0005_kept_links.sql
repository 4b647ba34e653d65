-- The column in which a row that stays named a row that went (on delete set null); null where the row itself went.
alter table kept_rows add column link text;
