-- The minute's roll-up again by hour and by UTC day, so that the cost of a long chart is that of its points.
create table rollup_hour (
  hour_us bigint not null,
  target text not null,
  channel text not null,
  outcome text not null,
  depth smallint not null,
  self_test boolean not null,
  attempts bigint not null,
  primary key (hour_us, target, channel, outcome, depth, self_test)
);
create table rollup_day (
  day_us bigint not null,
  target text not null,
  channel text not null,
  outcome text not null,
  depth smallint not null,
  self_test boolean not null,
  attempts bigint not null,
  primary key (day_us, target, channel, outcome, depth, self_test)
);

-- Attempts by UTC day and class: each counts once for each of its classes, and under the empty class_id if it has none.
create table rollup_class_day (
  day_us bigint not null,
  target text not null,
  class_id text not null,
  self_test boolean not null,
  attempts bigint not null,
  primary key (class_id, day_us, target, self_test)
);

-- Attempts by UTC day and country; ZZ is a country.
create table rollup_country_day (
  day_us bigint not null,
  target text not null,
  country text not null,
  self_test boolean not null,
  attempts bigint not null,
  primary key (country, day_us, target, self_test)
);

-- Refusals without their sources, of which a flood has many: by minute, hour and UTC day, told apart by the step's length.
create table rollup_refusal (
  step_us bigint not null,
  start_us bigint not null,
  target text not null,
  channel text not null,
  attempts bigint not null,
  primary key (step_us, start_us, target, channel)
);

-- What the partition of each UTC day holds, so that a question is asked of the days alone that can answer it. The day is that of the
-- id. A revision changes last_change alone.
create table attempt_day (
  day_us bigint primary key,
  first_seq bigint not null,
  last_seq bigint not null,
  last_change bigint not null
);

-- The days on which a value was seen, for what has too many values to be counted: in any revision, so that it holds at every snapshot.
create table attempt_value_day (
  kind text not null,
  value text not null,
  day_us bigint not null,
  primary key (kind, value, day_us)
);
create index attempt_value_day_day on attempt_value_day (day_us);

-- Where few rows are looked for, whatever is asked of them together is looked up in one index: it knows which rows have all of it
-- without reading any. Where they are many, the newest rows hold enough of them, whichever days those are; so the indexes of single
-- columns are needed no more, and each row is written into seven fewer.
create index attempt_labels on attempt using gin ((classes || array['target ' || target, 'channel ' || channel, 'outcome ' || outcome,
  'depth ' || depth::text, 'country ' || country, 'ja4 ' || ja4, 'boot ' || boot_id::text]))
  with (gin_pending_list_limit = 512) where superseded_change is null;
drop index attempt_class, attempt_target, attempt_outcome, attempt_depth, attempt_channel, attempt_country, attempt_ja4, attempt_boot,
  attempt_spki;
create index attempt_spki on attempt (spki, seq desc) where superseded_change is null and spki is not null;
-- Self-tests are few, and come between floods of others.
create index attempt_self_test on attempt (seq desc) where superseded_change is null and self_test;
-- The newest snapshot has no superseded rows: that must not take a walk over those of older ones.
create index attempt_superseded_change on attempt (superseded_change) where superseded_change is not null;

-- What was counted before these tables were there.
insert into rollup_hour
  select minute_us - minute_us % 3600000000, target, channel, outcome, depth, self_test, sum(attempts)
  from rollup_minute group by 1, 2, 3, 4, 5, 6 having sum(attempts) > 0;
insert into rollup_day
  select minute_us - minute_us % 86400000000, target, channel, outcome, depth, self_test, sum(attempts)
  from rollup_minute group by 1, 2, 3, 4, 5, 6 having sum(attempts) > 0;
insert into rollup_class_day
  select started_us - started_us % 86400000000, target, class_id, self_test, count(*)
  from attempt, lateral (select distinct unnest(case classes when '{}' then '{""}' else classes end)) class (class_id)
  where superseded_change is null group by 1, 2, 3, 4;
insert into rollup_country_day
  select started_us - started_us % 86400000000, target, country, self_test, count(*)
  from attempt where superseded_change is null group by 1, 2, 3, 4;
insert into rollup_refusal
  select step_us, minute_us - minute_us % step_us, target, channel, sum(attempts)
  from refusal, (values (60000000::bigint), (3600000000), (86400000000)) step (step_us) group by 1, 2, 3, 4;
-- The first 48 bits of an id are its milliseconds (RFC 9562 section 5.7).
insert into attempt_day
  select day * 86400000000, min(seq), max(seq), max(change)
  from attempt, lateral (
    select ('x0000' || replace(left(id::text, 13), '-', ''))::bit(64)::bigint / 86400000 as day) of_id group by day;
insert into attempt_value_day
  select distinct kind, value, day * 86400000000
  from attempt, lateral (
    select ('x0000' || replace(left(id::text, 13), '-', ''))::bit(64)::bigint / 86400000 as day) of_id,
  lateral (values ('ja4', ja4), ('spki', spki), ('boot', boot_id::text), ('claim', claim_tag)) seen (kind, value)
  where value is not null;
