//! rustls' interface without sockets and without std, driven to rest.

use crate::fault::Fault;
use rustls::time_provider::TimeProvider;
use rustls::unbuffered::{ConnectionState, EncodeError, UnbufferedStatus};
use rustls_pki_types::UnixTime;

/// Gives the library what arrived, whole flights of it; gives its answer, and whether the handshake is complete.
pub fn run_to_rest<Connection, Data>(
    connection: &mut Connection,
    process: for<'c, 'i> fn(&'c mut Connection, &'i mut [u8]) -> UnbufferedStatus<'c, 'i, Data>,
    arrived: &[u8],
) -> Result<(Vec<u8>, bool), Fault> {
    let (mut unread, mut answer) = (arrived.to_vec(), Vec::new());
    loop {
        let UnbufferedStatus { discard, state, .. } = process(connection, &mut unread);
        let done = match state? {
            ConnectionState::EncodeTlsData(mut record) => {
                let at = answer.len();
                if let Err(EncodeError::InsufficientSize(size)) = record.encode(&mut []) {
                    answer.resize(at + size.required_size, 0);
                    record.encode(&mut answer[at..])?;
                }
                None
            }
            ConnectionState::TransmitTlsData(transmit) => {
                transmit.done();
                None
            }
            ConnectionState::WriteTraffic(_) => Some(true),
            _ => Some(false),
        };
        unread.drain(..discard);
        if let Some(done) = done {
            return Ok((answer, done));
        }
    }
}

#[derive(Debug)]
pub struct SystemClock;

impl TimeProvider for SystemClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::now())
    }
}
