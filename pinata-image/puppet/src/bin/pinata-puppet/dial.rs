//! Connections from source ports of our own. QEMU's user networking tells connections apart by their source port alone, and the
//! system would use one port for several of its forwards at once.

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Nothing else dials from here.
const SOURCE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
/// Below them only root may bind.
const FIRST_PORT: u32 = 1024;
const PORTS: u32 = 65_536 - FIRST_PORT;
const TRIES: usize = 16;
/// Longer than any of the guest's own deadlines that a puppet can bring about: it closes what it will not answer.
const READ_TIMEOUT: Duration = Duration::from_secs(15);

pub fn dial(to: SocketAddr) -> io::Result<TcpStream> {
    for _ in 0..TRIES {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        match bind(&socket, &SocketAddrV4::new(SOURCE, next_port())).and_then(|()| connect(&socket, &to)) {
            Ok(()) => {
                let stream = TcpStream::from(socket);
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(READ_TIMEOUT))?;
                return Ok(stream);
            }
            // Somebody has this port after all.
            Err(Errno::ADDRINUSE | Errno::ADDRNOTAVAIL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Errno::ADDRINUSE.into())
}

/// Each port again as late as possible; another first one in each process.
fn next_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let at = process::id().wrapping_mul(7919).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
    (FIRST_PORT + at % PORTS) as u16
}
