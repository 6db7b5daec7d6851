-- What the organisers say on every page. Nothing is deleted: what was withdrawn was said.
create table announcement (
  id bigint generated always as identity primary key,
  at_us bigint not null,
  until_us bigint,
  withdrawn_us bigint,
  text text not null
);

-- Networks that the gateways refuse. Never public; a ban that has ended is deleted, and its address with it.
create table ban (
  id uuid primary key,
  network cidr not null unique,
  made_us bigint not null,
  until_us bigint not null
);

-- What the public learns of bans. It reads the table with its owner's rights.
create view ban_count as
  select count(*)::int as active from ban where until_us > extract(epoch from now()) * 1000000;

-- Where the organisers' log stands, published so that its end cannot be cut off unnoticed.
create table audit_head (
  "only" boolean primary key default true check ("only"),
  entries bigint not null,
  sha256 text not null
);

-- An alarm that is of no attempt is raised once for what it is about.
alter table alarm add column cause text;
create unique index alarm_cause on alarm (kind, cause) where cause is not null;

-- Alarms on their way to the organisers' webhook; `made_us` to `gave_up_us` tell what became of each.
create table webhook_delivery (
  id text primary key,
  alarm_id bigint unique references alarm (id),
  body text not null,
  made_us bigint not null,
  next_us bigint not null,
  tries integer not null default 0,
  delivered_us bigint,
  gave_up_us bigint,
  last_answer text
);
create index webhook_delivery_due on webhook_delivery (next_us) where delivered_us is null and gave_up_us is null;
