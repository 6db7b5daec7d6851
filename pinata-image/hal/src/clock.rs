//! The guest's monotonic clock: microseconds since its entry point, from the time-stamp counter.
use crate::apic::{Interrupts, TIMER_TICK_NS};
use crate::cpu::time_stamp;

/// Long enough that the reads at both ends do not matter, short enough not to be seen in the time to listen.
const CALIBRATION_NS: u64 = 2_000_000;
/// Both counters are read together this often at each end, and the closest pair counts: the host may stop us between
/// two reads.
const CALIBRATION_READS: usize = 8;
/// Rates outside of this are not those of a processor.
const SANE_KHZ: core::ops::RangeInclusive<u64> = 100_000..=20_000_000;

/// Turns the time-stamp counter into microseconds.
pub struct Clock {
    khz: u64,
    /// A pair (counter, microseconds) from which time is measured on, so that a better rate does not move the past.
    since: (u64, u64),
    latest: u64,
}

/// A measurement of the counter's rate against the timer, which goes on while its owner does something else.
pub struct Calibration {
    entry: u64,
    start: (u64, u32),
}

impl Calibration {
    /// Of a clock that was 0 at `entry` (a counter value). Takes the timer.
    pub fn start(entry: u64, interrupts: &mut Interrupts) -> Calibration {
        interrupts.set_timer(u64::from(u32::MAX) * TIMER_TICK_NS);
        Calibration { entry, start: read_both(interrupts) }
    }

    /// Gives the timer back, at the earliest 2 ms after the start.
    pub fn finish(self, interrupts: &mut Interrupts) -> Clock {
        while u64::from(self.start.1 - interrupts.timer_left()) * TIMER_TICK_NS < CALIBRATION_NS {
            core::hint::spin_loop();
        }
        let end = read_both(interrupts);
        interrupts.set_timer(0);
        let ns = u64::from(self.start.1 - end.1) * TIMER_TICK_NS;
        Clock::new(self.entry, rate(end.0.saturating_sub(self.start.0), ns))
    }
}

impl Clock {
    /// A clock that was 0 at `entry`, at a known rate.
    pub fn new(entry: u64, khz: u64) -> Clock {
        assert!(SANE_KHZ.contains(&khz), "time-stamp counter at {khz} kHz");
        Clock { khz, since: (entry, 0), latest: 0 }
    }

    /// Goes on from now at `khz`, if that is the rate of a processor.
    pub fn set_rate(&mut self, khz: u64) {
        let counter = time_stamp();
        if SANE_KHZ.contains(&khz) {
            self.since = (counter, self.at(counter));
            self.khz = khz;
        }
    }

    /// The rate in use.
    pub fn khz(&self) -> u64 {
        self.khz
    }

    /// Microseconds since the entry point; never less than it said before.
    pub fn now(&mut self) -> u64 {
        self.at(time_stamp())
    }

    fn at(&mut self, counter: u64) -> u64 {
        let ticks = u128::from(counter.saturating_sub(self.since.0));
        let us = self.since.1 + (ticks * 1000 / u128::from(self.khz)) as u64;
        self.latest = self.latest.max(us);
        self.latest
    }
}

/// The counter and the timer at one moment.
fn read_both(interrupts: &Interrupts) -> (u64, u32) {
    (0..CALIBRATION_READS)
        .map(|_| {
            let before = time_stamp();
            let left = interrupts.timer_left();
            let took = time_stamp().saturating_sub(before);
            (took, before + took / 2, left)
        })
        .min()
        .map(|(_, counter, left)| (counter, left))
        .expect("at least one read")
}

fn rate(ticks: u64, ns: u64) -> u64 {
    (u128::from(ticks) * 1_000_000 / u128::from(ns.max(1))) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_over_nanoseconds_are_kilohertz() {
        assert_eq!(rate(5_000_000, 2_000_000), 2_500_000);
    }

    #[test]
    fn counts_microseconds_from_the_entry() {
        let mut clock = Clock::new(1_000, 2_000_000);
        assert_eq!(clock.at(1_000), 0);
        assert_eq!(clock.at(1_000 + 2_000_000_000), 1_000_000);
    }

    #[test]
    fn never_runs_backwards() {
        let mut clock = Clock::new(0, 1_000_000);
        assert_eq!(clock.at(10_000), 10);
        assert_eq!(clock.at(9_000), 10);
    }

    #[test]
    fn a_new_rate_does_not_move_the_past() {
        let mut clock = Clock::new(time_stamp(), 1_000_000);
        let before = clock.now();
        clock.set_rate(4_000_000);
        assert!(clock.now() >= before);
        assert_eq!(clock.khz(), 4_000_000);
    }

    #[test]
    fn an_impossible_rate_is_ignored() {
        let mut clock = Clock::new(0, 1_000_000);
        clock.set_rate(0);
        assert_eq!(clock.khz(), 1_000_000);
    }
}
