use std::fmt;

/// What a server did, as its peer sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// It asked for another hello.
    pub asked_again: bool,
    /// It answered with its hello, and the peer has no keys to go on.
    pub went_on: bool,
    /// Its first alert that is not close_notify.
    pub alert: Option<u8>,
    /// The document came.
    pub released: bool,
}

/// Whether a server was content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    Refused,
    /// Neither: it wants another hello.
    AskedAgain,
}

impl Seen {
    pub fn verdict(&self) -> Verdict {
        match self {
            _ if self.released => Verdict::Accepted,
            Seen { alert: Some(_), .. } => Verdict::Refused,
            Seen { went_on: true, .. } => Verdict::Accepted,
            Seen { asked_again: true, .. } => Verdict::AskedAgain,
            _ => Verdict::Refused,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Accepted => "accepts",
            Verdict::Refused => "refuses",
            Verdict::AskedAgain => "asks again",
        })
    }
}

/// Silence: it waited for more until its peer left, or left itself.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.asked_again.then(|| "asks again".to_owned()));
        parts.extend(self.went_on.then(|| "goes on".to_owned()));
        parts.extend(self.released.then(|| "releases".to_owned()));
        parts.extend(self.alert.map(|code| format!("alert {code}")));
        f.write_str(&if parts.is_empty() { "silence".to_owned() } else { parts.join(", ") })
    }
}
