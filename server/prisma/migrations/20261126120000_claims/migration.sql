-- The name that whoever holds an attempt's claim wants to see on its page.
create table attempt_credit (
  id uuid primary key,
  name text not null,
  set_us bigint not null
);

-- Attempts whose texts and credit an organiser took off the pages. Who did it and why is in the organisers' log.
create table moderation (
  id uuid primary key,
  hidden_us bigint not null
);

-- Finds the addresses that are still there, of which the old ones go.
create index attempt_private_addressed on attempt_private (id) where src_ip is not null;
-- The rows of one source, which knows its own token.
create index attempt_source on attempt (src_token, seq desc) where superseded_change is null;
