//! What makes two opinions differ, and who is to differ where.

use crate::{Case, Seen};
use std::fmt;

/// Whose opinion is another one than the guest's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    Rustls,
    OpenSsl,
    Go,
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Other::Rustls => "rustls",
            Other::OpenSsl => "OpenSSL",
            Other::Go => "Go",
        })
    }
}

/// What the four servers made of one case.
pub struct Opinions<'a> {
    pub case: &'a Case,
    pub ours: Seen,
    pub rustls: Seen,
    pub openssl: Seen,
    pub go: Seen,
}

impl Opinions<'_> {
    /// rustls must do exactly the same, the others must accept and refuse the same.
    pub fn differing(&self) -> Vec<Other> {
        let verdict = self.ours.verdict();
        let mut all = Vec::new();
        all.extend((self.ours != self.rustls).then_some(Other::Rustls));
        all.extend((verdict != self.openssl.verdict()).then_some(Other::OpenSsl));
        all.extend((verdict != self.go.verdict()).then_some(Other::Go));
        all
    }
}

/// Why `other` differs in the cases of these names. A name that ends with `*` is the beginning of names.
pub struct Explanation {
    pub why: &'static str,
    pub cases: &'static [(Other, &'static [&'static str])],
}

impl Explanation {
    pub fn covers(&self, other: Other, name: &str) -> bool {
        self.patterns().any(|(who, pattern)| who == other && matches(pattern, name))
    }

    pub fn patterns(&self) -> impl Iterator<Item = (Other, &'static str)> {
        self.cases.iter().flat_map(|(who, names)| names.iter().map(|name| (*who, *name)))
    }
}

pub fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => pattern == name,
    }
}
