-- What was seen for the first time, ever, and in which attempt: `fingerprint` (JA4), `class`, `depth`, `country`. Self-tests are left
-- out, and so is the unknown country. Rows outlive the attempts that they name.
create table first_seen (
  kind text not null,
  value text not null,
  change bigint not null,
  attempt_id uuid not null,
  started_us bigint not null,
  primary key (kind, value)
);
create index first_seen_change on first_seen (change desc);

-- What is known already, so that nothing old is taken for new.
insert into first_seen
  select distinct on (kind, value) kind, value, change, id, started_us
  from attempt, lateral (
    select 'class' as kind, unnest(classes) as value
    union all select * from (values ('fingerprint', ja4), ('depth', depth::text), ('country', nullif(country, 'ZZ'))) one) seen
  where not self_test and value is not null
  order by kind, value, change;
