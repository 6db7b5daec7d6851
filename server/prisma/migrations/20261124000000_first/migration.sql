-- One row per revision of an attempt. The current revision has superseded_change null; the snapshot at a change C is the rows
-- with change <= C and (superseded_change is null or superseded_change > C). Partitioned by day through the time in the id.
create table attempt (
  id uuid not null,
  revision integer not null,
  seq bigint not null,
  change bigint not null,
  superseded_change bigint,
  started_us bigint not null,
  duration_us bigint not null,
  target text not null,
  channel text not null,
  guest_role text not null,
  boot_id uuid,
  depth smallint not null,
  outcome text not null,
  inferred boolean not null,
  primary_class text,
  classes text[] not null,
  self_test boolean not null,
  src_token text not null,
  country text not null,
  ja3 text,
  ja4 text,
  spki text,
  claim_tag text,
  bytes_in bigint not null,
  bytes_out bigint not null,
  -- the whole record without the operator tier; `leaf` is what leaf_hash is the hash of
  record jsonb not null,
  leaf jsonb not null,
  leaf_hash text not null,
  primary key (id, revision)
) partition by range (id);
create table attempt_default partition of attempt default;
create index attempt_seq on attempt (seq desc) where superseded_change is null;
create index attempt_change on attempt (change);
create index attempt_superseded on attempt (seq) where superseded_change is not null;
create index attempt_started on attempt (started_us desc) where superseded_change is null;
create index attempt_target on attempt (target, seq desc) where superseded_change is null;
create index attempt_outcome on attempt (outcome, seq desc) where superseded_change is null;
create index attempt_depth on attempt (depth, seq desc) where superseded_change is null;
create index attempt_channel on attempt (channel, seq desc) where superseded_change is null;
create index attempt_class on attempt using gin (classes) where superseded_change is null;
create index attempt_ja4 on attempt (ja4, seq desc) where superseded_change is null;
create index attempt_spki on attempt (spki, seq desc) where superseded_change is null;
create index attempt_country on attempt (country, seq desc) where superseded_change is null;
create index attempt_claim on attempt (claim_tag) where claim_tag is not null;
create index attempt_boot on attempt (boot_id, seq desc) where superseded_change is null;

-- What is never public: address (nulled after 30 days) and the salts behind the leaf's commitments (destroyed by an erasure).
create table attempt_private (
  id uuid primary key,
  src_ip inet,
  src_port integer,
  salts jsonb
);

-- Bytes seen, guest events and handshake secrets of an attempt: gzip of JSON lines of its facts, addresses left out.
create table attempt_evidence (
  id uuid primary key,
  transcript bytea not null,
  bytes integer not null
);

create table target (
  name text primary key,
  prize boolean not null,
  state text not null,
  boot_id uuid,
  address text,
  descriptor text,
  internal_key text,
  output_key text,
  network text,
  -- PEM files of a given authority: public on purpose
  credentials jsonb,
  limits jsonb,
  updated_us bigint not null
);

create table boot (
  id uuid primary key,
  target text not null references target (name),
  reason text not null,
  started_us bigint not null,
  ready_us bigint,
  boot_us bigint,
  ended_us bigint,
  end_reason text,
  end_detail text,
  image_sha256 text not null,
  accelerator text not null,
  qemu_version text not null,
  qemu_sha256 text not null,
  argv_sha256 text not null,
  memory_mib integer not null,
  authority text,
  ca_der bytea,
  server_der bytea,
  client_der bytea,
  ca_sha256 text,
  keys jsonb not null default '[]',
  lost_events bigint not null default 0
);
create index boot_target on boot (target, started_us desc);

create table proof (
  id bigint generated always as identity primary key,
  boot_id uuid not null references boot (id),
  made_us bigint not null,
  root text not null,
  message text not null,
  signature text not null
);
create unique index proof_root on proof (boot_id, root);

-- Attempts by minute, maintained with each row: what the funnel and the charts read.
create table rollup_minute (
  minute_us bigint not null,
  target text not null,
  channel text not null,
  outcome text not null,
  depth smallint not null,
  self_test boolean not null,
  attempts bigint not null,
  primary key (minute_us, target, channel, outcome, depth, self_test)
);

create table refusal (
  minute_us bigint not null,
  target text not null,
  channel text not null,
  src_token text not null,
  attempts bigint not null,
  primary key (minute_us, target, channel, src_token)
);

create table self_test (
  pair text primary key,
  target text not null,
  boot_id uuid not null,
  started_us bigint not null,
  server_id uuid not null,
  client_id uuid not null,
  no_certificate_id uuid not null,
  -- null until all three attempts are published
  passed boolean,
  detail text
);
create index self_test_target on self_test (target, started_us desc);

-- Raised by ingest, never deleted.
create table alarm (
  id bigint generated always as identity primary key,
  raised_us bigint not null,
  kind text not null,
  target text,
  attempt_id uuid,
  detail text not null
);
create unique index alarm_once on alarm (kind, attempt_id);

-- The one writer's counters and how far each spool has been taken.
create table counter (
  "only" boolean primary key default true check ("only"),
  seq bigint not null default 0,
  change bigint not null default 0
);
insert into counter default values;

create table spool_position (
  spool text primary key,
  epoch text not null,
  -- where reading resumes: nothing below it is needed any more
  position bigint not null,
  -- how far facts are in the tables: what is read again below it must not be counted again
  head bigint not null,
  beat_us bigint not null,
  lost bigint not null default 0
);

-- The last sign of life of each process, as ingest sees it.
create table component (
  name text primary key,
  state text not null,
  beat_us bigint not null,
  detail jsonb not null default '{}'
);
