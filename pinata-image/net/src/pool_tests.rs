use smoltcp::socket::tcp::State;

use crate::application::Micros;
use crate::wire_for_tests::Bench;
use std::vec;
use std::vec::Vec;

const SECOND: Micros = 1_000_000;

#[test]
fn announces_its_address_before_anything_else() {
    let mut bench = Bench::new(1, 1);
    let first = bench.first_frame_of_the_guest();
    assert_eq!(first[..14], *b"\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06");
    assert_eq!((&first[28..32], &first[38..42]), (&[10, 0, 2, 15][..], &[10, 0, 2, 15][..]));
}

#[test]
fn bytes_go_both_ways_on_both_ports() {
    let mut bench = Bench::new(2, 4);
    for port in [10_000, 10_002] {
        let client = bench.connect(port);
        bench.until("established", |bench| bench.socket(client).may_send());
        bench.socket(client).send_slice(b"hello").expect("send");
        bench.until("echo", |bench| bench.socket(client).recv_queue() == 5);
        assert_eq!(bench.read(client), b"hello");
    }
    let ports: Vec<_> = bench.echo.speaking.values().map(|speaker| speaker.port).collect();
    assert_eq!(ports, [10_000, 10_002]);
    assert_eq!(bench.pool.used(), 2);
}

#[test]
fn connections_that_came_before_the_first_turn_are_served() {
    let mut bench = Bench::new(8, 8);
    let clients: Vec<_> = (0..8).map(|_| bench.connect(10_000)).collect();
    bench.client_turn();
    bench.client_turn();
    bench.turns(20);
    for client in clients {
        assert!(bench.socket(client).may_send());
    }
}

#[test]
fn other_ports_are_closed() {
    let mut bench = Bench::new(2, 4);
    let client = bench.connect(10_001);
    bench.until("refused", |bench| bench.socket(client).state() == State::Closed);
}

#[test]
fn a_connection_without_a_place_is_reset_and_its_socket_listens_again() {
    let mut bench = Bench::new(2, 1);
    let first = bench.connect(10_000);
    bench.until("established", |bench| bench.echo.speaking.len() == 1);
    for _ in 0..5 {
        let second = bench.connect(10_000);
        bench.until("reset", |bench| bench.socket(second).state() == State::Closed);
    }
    assert!(bench.socket(first).may_send());
    assert_eq!(bench.pool.used(), 1);
}

#[test]
fn one_socket_serves_a_thousand_connections_one_after_another() {
    let mut bench = Bench::new(1, 1);
    for number in 0..1000_u32 {
        let client = bench.connect(10_000);
        bench.until("established", |bench| bench.socket(client).may_send());
        bench.socket(client).send_slice(b"quit").expect("send");
        bench.until("answer and FIN", |bench| !bench.socket(client).may_recv() || bench.socket(client).can_recv());
        assert_eq!(bench.read(client), b"quit", "connection {number}");
        bench.until("FIN", |bench| bench.socket(client).state() == State::CloseWait);
        bench.socket(client).close();
        bench.until("free", |bench| bench.pool.used() == 0);
        bench.sockets.remove(client);
    }
    assert!(bench.echo.story.iter().all(|&(_, what)| what != "reset"));
}

#[test]
fn closing_with_unread_bytes_still_delivers_what_was_sent_last() {
    let mut bench = Bench::new(1, 1);
    let client = bench.connect(10_000);
    bench.until("established", |bench| bench.socket(client).may_send());
    let flood = [b"quit".to_vec(), vec![b'x'; 30_000]].concat();
    bench.socket(client).send_slice(&flood).expect("send");
    bench.until("FIN", |bench| bench.socket(client).state() == State::CloseWait);
    assert!(bench.read(client).starts_with(b"quit"));
    // The rest of the flood is still being read, not answered with a reset.
    bench.until("all read", |bench| bench.echo.speaking.values().any(|speaker| speaker.total == flood.len()));
    bench.socket(client).close();
    bench.until("free", |bench| bench.pool.used() == 0);
}

#[test]
fn abort_resets_the_peer() {
    let mut bench = Bench::new(1, 1);
    let client = bench.connect(10_000);
    bench.until("established", |bench| bench.socket(client).may_send());
    bench.socket(client).send_slice(b"die!").expect("send");
    bench.until("reset", |bench| bench.socket(client).state() == State::Closed);
    bench.until("free", |bench| bench.pool.used() == 0);
}

#[test]
fn a_reset_by_the_peer_is_told_and_frees_the_place() {
    let mut bench = Bench::new(1, 1);
    let client = bench.connect(10_000);
    bench.until("established", |bench| bench.echo.speaking.len() == 1);
    bench.socket(client).abort();
    bench.until("free", |bench| bench.pool.used() == 0);
    assert_eq!(bench.echo.story, [(1, "accept"), (1, "reset"), (1, "forget")]);
}

#[test]
fn a_half_close_is_told_after_the_bytes_before_it() {
    let mut bench = Bench::new(1, 1);
    let client = bench.connect(10_000);
    bench.until("established", |bench| bench.socket(client).may_send());
    bench.socket(client).send_slice(b"bye").expect("send");
    bench.socket(client).close();
    bench.until("free", |bench| bench.pool.used() == 0);
    assert_eq!(bench.echo.story, [(1, "accept"), (1, "received"), (1, "peer_closed"), (1, "forget")]);
    assert_eq!(bench.read(client), b"bye");
}

#[test]
fn a_peer_that_never_closes_does_not_keep_its_place() {
    let mut bench = Bench::new(1, 1);
    let client = bench.connect(10_000);
    bench.until("established", |bench| bench.socket(client).may_send());
    let connection = *bench.echo.speaking.keys().next().expect("one");
    bench.socket(client).send_slice(b"quit").expect("send");
    bench.until("FIN", |bench| bench.socket(client).state() == State::CloseWait);
    bench.echo.finish(connection);
    bench.turns(4);
    assert_eq!(bench.pool.used(), 1);
    let now = bench.now();
    let due = bench.pool.next_turn(now).expect("a deadline");
    assert!(due <= now + 5 * SECOND);
    bench.pass(6 * SECOND);
    bench.until("free", |bench| bench.pool.used() == 0);
}

#[test]
fn a_handshake_without_its_end_is_given_up() {
    let mut bench = Bench::new(1, 1);
    bench.connect(10_000);
    bench.until("SYN", |bench| !bench.pool.is_listening_everywhere());
    // The client is never heard of again.
    for _ in 0..600 {
        bench.guest_turn();
        bench.pass(SECOND / 100);
    }
    assert!(bench.pool.is_listening_everywhere());
    assert_eq!(bench.echo.story, []);
}

#[test]
fn a_quiet_connection_is_left_alone() {
    let mut bench = Bench::new(1, 1);
    let client = bench.connect(10_000);
    bench.until("established", |bench| bench.socket(client).may_send());
    for _ in 0..60 {
        bench.pass(SECOND);
        bench.turns(1);
    }
    bench.socket(client).send_slice(b"hello").expect("send");
    bench.until("echo", |bench| bench.socket(client).recv_queue() == 5);
}

#[test]
fn a_turn_gives_the_application_its_time_and_no_more_and_nobody_starves() {
    let mut bench = Bench::new(8, 8);
    bench.echo.cost_us = 600;
    let clients: Vec<_> = (0..8).map(|_| bench.connect(10_000)).collect();
    bench.until("established", |bench| bench.echo.speaking.len() == 8);
    for &client in &clients {
        bench.socket(client).send_slice(b"hello").expect("send");
    }
    bench.client_turn();
    bench.client_turn();
    bench.echo.story.clear();
    let mut per_turn = Vec::new();
    while per_turn.iter().sum::<usize>() < 8 {
        let before = bench.echo.story.len();
        assert!(bench.guest_turn(), "there is more to do");
        per_turn.push(bench.echo.story.len() - before);
        assert!(per_turn.len() < 10, "{per_turn:?}");
    }
    assert_eq!(per_turn, [2, 2, 2, 2]);
    let mut served: Vec<_> = bench.echo.story.iter().map(|&(connection, _)| connection).collect();
    served.sort_unstable();
    assert_eq!(served, [1, 2, 3, 4, 5, 6, 7, 8]);
}
