//! Self-checks: made in idle moments, and at the latest by whoever needs them.
mod support;

use core::iter::from_fn;
use pinata_service::SERVER_PORT;
use support::World;

fn checks_left(world: &mut World) -> usize {
    from_fn(|| world.service.check_ahead().then_some(())).count()
}

#[test]
fn idle_moments_are_used_until_all_checks_are_made() {
    let mut world = World::new();
    // Signatures, and at least two key exchanges.
    assert!(checks_left(&mut world) >= 3);
    assert_eq!(checks_left(&mut world), 0);
}

#[test]
fn a_session_does_not_begin_before_signatures_are_checked() {
    let (mut idle, mut busy) = (World::new(), World::new());
    busy.connect(SERVER_PORT);
    assert_eq!(checks_left(&mut busy), checks_left(&mut idle) - 1);
}
