//! The one kind of error: what some library said.

use std::fmt::Debug;

/// No `Debug` of its own: so it can be made of all that has one, and not of itself. rustls' errors are no `Error`s without std.
pub struct Fault(pub String);

impl<E: Debug> From<E> for Fault {
    fn from(error: E) -> Self {
        Fault(format!("{error:?}"))
    }
}
