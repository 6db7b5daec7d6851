-- The two handshake traffic secrets of a session, hex, apart from its transcript and seen by no reader. They may be handed out once
-- published_us is set: every connection that was open when this one ended has ended too.
create table handshake_secret (
  id uuid primary key,
  client_random text not null,
  client text not null,
  server text not null,
  -- the gateway's time, at the latest, when this attempt had ended
  ended_us bigint,
  published_us bigint
);
create index handshake_secret_held on handshake_secret (id) where published_us is null;
