//! The function against its table, and the claims that the table must support, over every short trace.
use pinata_gate::{Action, Event, Gate, State, step};

const STATES: [State; 6] =
    [State::Closed, State::Handshaking, State::ChainVerified, State::PossessionVerified, State::Released, State::Dead];
const EVENTS: [Event; 9] = [
    Event::Open,
    Event::Bytes,
    Event::ChainOk,
    Event::PossessionOk,
    Event::FinishedOk,
    Event::Error,
    Event::Timeout,
    Event::Close,
    Event::Sent,
];

/// Where a state and an event stand in the lists above. A new one does not compile until it has its place there.
const fn place(state: State, event: Event) -> (usize, usize) {
    let row = match state {
        State::Closed => 0,
        State::Handshaking => 1,
        State::ChainVerified => 2,
        State::PossessionVerified => 3,
        State::Released => 4,
        State::Dead => 5,
    };
    let column = match event {
        Event::Open => 0,
        Event::Bytes => 1,
        Event::ChainOk => 2,
        Event::PossessionOk => 3,
        Event::FinishedOk => 4,
        Event::Error => 5,
        Event::Timeout => 6,
        Event::Close => 7,
        Event::Sent => 8,
    };
    (row, column)
}

/// A gate in this state, brought there by events.
fn gate_in(state: State) -> Gate {
    let events: &[Event] = match state {
        State::Closed => &[],
        State::Handshaking => &[Event::Open],
        State::ChainVerified => &[Event::Open, Event::ChainOk],
        State::PossessionVerified => &[Event::Open, Event::ChainOk, Event::PossessionOk],
        State::Released => &[Event::Open, Event::ChainOk, Event::PossessionOk, Event::FinishedOk],
        State::Dead => &[Event::Open, Event::Error],
    };
    let mut gate = Gate::new();
    for event in events {
        let _proof = gate.advance(*event);
    }
    assert_eq!(gate.state(), state);
    gate
}

#[test]
fn the_lists_leave_nothing_out() {
    for (row, state) in STATES.into_iter().enumerate() {
        for (column, event) in EVENTS.into_iter().enumerate() {
            assert_eq!(place(state, event), (row, column));
        }
    }
}

/// The file is printed by the proofs: with these, what is proved of the table holds of the compiled function.
#[test]
fn every_row_equals_the_table() {
    let table = include_str!("../../vectors/gate.txt");
    let rows: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
    let computed: Vec<String> = STATES
        .iter()
        .flat_map(|state| EVENTS.iter().map(move |event| (*state, *event)))
        .map(|(state, event)| {
            let (next, action) = step(state, event);
            format!("{state:?} {event:?} {next:?} {action:?}")
        })
        .collect();
    assert_eq!(rows.len(), 54);
    assert_eq!(rows, computed);
}

/// The gate is the function with a memory: it goes where the function says, and makes a proof exactly where it says so.
#[test]
fn a_gate_takes_every_row() {
    for state in STATES {
        for event in EVENTS {
            let mut gate = gate_in(state);
            let proof = gate.advance(event);
            let (next, action) = step(state, event);
            assert_eq!(gate.state(), next, "{state:?} {event:?}");
            assert_eq!(proof.is_some(), action == Action::Release, "{state:?} {event:?}");
        }
    }
}

/// Each trace of up to six events: a release needs the three proofs in order since the last open, with nothing bad between.
#[test]
fn a_release_is_always_earned() {
    fn earned(trace: &[Event]) -> bool {
        let Some(open) = trace.iter().rposition(|event| *event == Event::Open) else { return false };
        let since: Vec<&Event> =
            trace[open + 1..].iter().filter(|event| !matches!(event, Event::Bytes | Event::Sent)).collect();
        since == [&Event::ChainOk, &Event::PossessionOk, &Event::FinishedOk]
    }
    fn walk(state: State, trace: &mut Vec<Event>, releases: &mut u32) {
        if trace.len() == 6 {
            return;
        }
        for event in EVENTS {
            let (next, action) = step(state, event);
            trace.push(event);
            if action == Action::Release {
                assert!(earned(trace), "{trace:?}");
                *releases += 1;
            }
            walk(next, trace, releases);
            trace.pop();
        }
    }
    let mut releases = 0;
    walk(State::Closed, &mut Vec::new(), &mut releases);
    assert!(releases > 0);
}

#[test]
fn the_honest_trace_releases_once() {
    let mut gate = Gate::new();
    let honest = [Event::Open, Event::Bytes, Event::ChainOk, Event::PossessionOk, Event::Bytes, Event::FinishedOk];
    let proofs = honest.into_iter().filter_map(|event| gate.advance(event)).count();
    assert_eq!(proofs, 1);
    assert!(EVENTS.into_iter().all(|event| gate.advance(event).is_none()));
}

#[test]
fn a_dead_gate_takes_nothing_but_a_new_connection() {
    for event in EVENTS {
        let (next, action) = step(State::Dead, event);
        assert_eq!(next, if event == Event::Open { State::Handshaking } else { State::Dead });
        assert_eq!(action, Action::None);
    }
}
