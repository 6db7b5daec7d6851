-- The newest proofs of a target, without a look at its boots.
alter table proof add column target text;
update proof set target = boot.target from boot where boot.id = proof.boot_id;
alter table proof alter column target set not null;
create index proof_target on proof (target, id desc);
