//! Bytes that are not TLS 1.3, or not TLS.

use super::recited;
use crate::Case;
use crate::actor::in_record;
use pinata_puppet::Script;
use pinata_puppet::hello::{Extensions, KEY_SHARE, SUPPORTED_VERSIONS};
use pinata_puppet::record::{HANDSHAKE, header};

pub(super) fn cases(honest: &Script) -> Vec<Case> {
    let mut all = Vec::new();
    let mut add = |name: &str, bytes: &[u8]| all.push(recited(format!("stream: {name}"), vec![bytes.to_vec()]));
    add("nothing", b"");
    add("a request of HTTP", b"GET / HTTP/1.1\r\nHost: pinata\r\n\r\n");
    add("a request to a proxy", b"CONNECT pinata:443 HTTP/1.1\r\n\r\n");
    add("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    add("a greeting of SSH", b"SSH-2.0-OpenSSH_9.2\r\n");
    add("a greeting of SMTP", b"EHLO pinata\r\n");
    add("a command of Redis", b"*1\r\n$4\r\nPING\r\n");
    add("an opening of RDP", b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x0b\x00\x00\x00");
    add("a request of PostgreSQL for TLS", b"\x00\x00\x00\x08\x04\xd2\x16\x2f");
    add("a header of the PROXY protocol", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");
    add("a binary header of the PROXY protocol", b"\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00");
    add("zeros", &[0; 600]);
    add("ones", &[0xff; 600]);
    add("text", &[b'A'; 600]);
    add("newlines", b"\n\n\n\n\n\n\n\n");
    add("a byte of zero", &[0]);
    add("one byte of a record", &[22]);
    add("two bytes of a record", &[22, 3]);
    add("four bytes of a record", &[22, 3, 1, 1]);
    add("a header and nothing after it", &header(HANDSHAKE, 0x0301, 300));
    add("an empty record", &header(HANDSHAKE, 0x0301, 0));
    add("a record of one byte", &[22, 3, 1, 0, 1, 1]);
    add("a record of three bytes", &[22, 3, 1, 0, 3, 1, 0, 0]);
    add("a record of four bytes", &[22, 3, 1, 0, 4, 1, 0, 0, 0]);
    let random = [0x33; 32];
    // SSL 2: length with a high bit, type, version, three lengths, suites of three bytes, challenge.
    let old = [&[1, 0, 2, 0, 6, 0, 0, 0, 32, 1, 0, 0x80, 7, 0, 0xc0][..], &random].concat();
    add("a hello of SSL 2", &[&[0x80, old.len() as u8][..], &old].concat());
    let both = [&[1, 3, 3, 0, 3, 0, 0, 0, 32, 0, 0x13, 1][..], &random].concat();
    add("a hello of SSL 2 for TLS", &[&[0x80, both.len() as u8][..], &both].concat());
    let datagram = [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0][..], &[0, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
    add("a hello of DTLS", &datagram);

    let mut hello = honest.client_hello.clone();
    hello.suites = vec![0xc02b, 0xc02f, 0xcca9];
    hello.extensions.unset(SUPPORTED_VERSIONS);
    hello.extensions.unset(KEY_SHARE);
    add("a hello of TLS 1.2", &in_record(&hello.encode()));
    hello.extensions.clear();
    hello.legacy_version = 0x0301;
    hello.suites = vec![0x002f, 0x0035];
    let message = hello.encode();
    add("a hello of TLS 1.0 with no extensions", &in_record(&message));
    // A block of extensions may be missing altogether (RFC 5246, section 7.4.1.2).
    let length = message.len() - 4 - 2;
    let block = [&[1, 0, 0, length as u8][..], &message[4..message.len() - 2]].concat();
    add("a hello of TLS 1.0 without a block of extensions", &in_record(&block));
    hello.legacy_version = 0x0300;
    add("a hello of SSL 3", &in_record(&hello.encode()));
    all
}
