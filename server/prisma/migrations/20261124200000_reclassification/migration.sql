-- How far the rules of one version have been applied to the rows that older rules concluded.
create table reclassification (
  -- SHA-256 of the rules' sources, hex
  classifier text primary key,
  -- rows up to this one have been looked at
  seq bigint not null default 0,
  -- rows up to this one are to be looked at; later ones were concluded by these rules
  up_to bigint not null,
  -- revisions that came of it
  revised bigint not null default 0,
  -- when these rules were last begun with: whoever comes after others begins at the first row again
  begun_us bigint not null
);
