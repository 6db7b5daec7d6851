use super::*;
use crate::{Authority, Engine};
use alloc::boxed::Box;
use pinata_entropy::Generator;
use pinata_gate::Gate;

fn pass(from: &mut Session, to: &mut Session) {
    let bytes = core::mem::take(&mut from.outgoing);
    to.space()[..bytes.len()].copy_from_slice(&bytes);
    to.received(bytes.len());
}

#[test]
fn a_gate_that_has_not_heard_the_proofs_refuses_what_satisfies_the_library() {
    let generator: &'static Generator = Box::leak(Box::new(Generator::new()));
    generator.seed(&[1; 32]);
    let engine = Engine::new(Authority::born("test", 1_800_000_000, generator), generator, 8).unwrap();
    for is_deaf in [false, true] {
        let (mut server, mut client) = (engine.server().unwrap(), engine.client().unwrap());
        pass(&mut client, &mut server);
        pass(&mut server, &mut client);
        if is_deaf {
            server.observed.gate = Gate::new();
        }
        pass(&mut client, &mut server);
        assert_eq!(server.take_authenticated().is_none(), is_deaf);
        assert_eq!(server.phase() == Phase::Failed, is_deaf);
        server.release(b"document", false);
        assert_eq!(server.pending().is_empty(), is_deaf);
    }
}
