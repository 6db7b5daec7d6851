//! The whole service without its hardware: connections side by side, relayed into each other, closed, reset and timed out,
//! with a supervisor that reads when it likes.

use crate::support::boot::{Boot, with_boot};
use crate::support::input::Input;
use pinata_service::{CLIENT_PORT, ConnectionId, SERVER_PORT, Stage, Wish};

const STEPS_MAX: usize = 150;
const CONNECTIONS_MAX: usize = 8;
/// Steps of time that are just over and far below the deadlines of a connection.
const PAUSES: [u64; 4] = [1_000, 400_000, 5_000_001, 20_000_001];

/// Oracles: [`Boot`]'s; places come back; and nothing is released but to a session that the guest has with itself, through
/// whatever relay.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    with_boot(|boot| {
        let mut held: Vec<ConnectionId> = Vec::new();
        for _ in 0..STEPS_MAX {
            if input.is_empty() {
                break;
            }
            step(&mut input, boot, &mut held);
            assert_eq!(boot.service.stage(), Stage::Serving);
        }
        held.drain(..).for_each(|c| boot.forget(c));
    });
}

fn step(input: &mut Input<'_>, boot: &mut Boot, held: &mut Vec<ConnectionId>) {
    let (what, which) = (input.byte(), input.byte());
    let chosen = |held: &Vec<ConnectionId>, number: u8| held.get(usize::from(number) % held.len().max(1)).copied();
    match (what % 12, chosen(held, which)) {
        (0, _) if held.len() < CONNECTIONS_MAX => {
            let port = if which & 1 == 0 { SERVER_PORT } else { CLIENT_PORT };
            let Some(c) = boot.service.accept(port, boot.now) else { return };
            held.push(c);
            // Most connections begin as the gateway begins them.
            if which & 2 == 0 {
                boot.give(c, &boot.preface(which >> 2 & 15, port), usize::MAX);
            }
        }
        (1, Some(c)) => {
            let port = if input.flag() { SERVER_PORT } else { CLIENT_PORT };
            boot.give(c, &boot.preface(input.byte() % 16, port), usize::MAX);
        }
        (2, Some(c)) => boot.give(c, input.piece(), usize::from(input.byte()) + 1),
        (3..7, Some(from)) => {
            let Some(to) = chosen(held, which >> 4) else { return };
            let mut bytes = boot.take(from);
            if what % 12 == 6 && !bytes.is_empty() {
                let at = input.below(bytes.len());
                bytes[at] ^= input.byte();
            }
            boot.give(to, &bytes, usize::MAX);
        }
        (7, Some(c)) => boot.service.peer_closed(c, boot.now),
        (8, Some(c)) => {
            held.retain(|other| *other != c);
            boot.forget(c);
        }
        (9, _) => boot.pass(PAUSES[usize::from(which) % PAUSES.len()]),
        (10, Some(c)) => boot.service.reset(c, boot.now),
        (11, _) => boot.prove(&[which; 32]),
        _ => boot.hear(usize::from(which) * 64),
    }
    // As a transport does after every call.
    held.retain(|c| {
        let over = matches!(boot.service.wish(*c), Wish::Abort | Wish::Done);
        if over {
            boot.forget(*c);
        }
        !over
    });
}
