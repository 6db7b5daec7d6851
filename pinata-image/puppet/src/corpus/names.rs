//! Reasons why a receiver need not mind, each with its source. Some name a rule that rustls does not enforce: what is signed
//! and authenticated all the same is no question of who the peer is.

pub const ANOTHER_HELLO: &str = "RFC 8446, section 4.1.2: another hello, and signed as such";
pub const ANOTHER_SERVER_HELLO: &str = "RFC 8446, section 4.1.3: another hello, and signed as such";
pub const ANOTHER_REQUEST: &str = "RFC 8446, section 4.3.2: a server asks for what it likes, and signs that";
pub const COMPLETE: &str = "RFC 8446, section 4.4.4: the handshake is complete with the first Finished";
pub const RECORD_VERSION: &str = "RFC 8446, section 5.1: legacy_record_version is ignored for all purposes";
pub const FRAGMENTS: &str = "RFC 8446, section 5.1: messages may be split over records, and share one";
pub const PADDING: &str = "RFC 8446, section 5.4: records may be padded";
pub const COMPATIBILITY: &str = "RFC 8446, section 5: a change_cipher_spec between the hello and Finished is dropped";
pub const USER_CANCELED: &str = "RFC 8446, section 6.1: user_canceled only announces a close_notify";
pub const UNKNOWN_EXTENSION: &str = "RFC 8446, section 4.2: what a receiver does not know it ignores";
pub const HELLO_VERSION: &str = "RFC 8446, section 4.2.1: with supported_versions, legacy_version is ignored";
pub const SESSION_ID_ECHO: &str =
    "RFC 8446, section 4.1.3, wants the echo checked; rustls does not: it is there for middleboxes, and signed";
pub const PLAIN_ALERT: &str = "RFC 8446, section 6: whatever is made of an alert that anybody may have written";
pub const OUTER_TYPE: &str =
    "RFC 8446, section 5.2, fixes the type outside; rustls goes by the one inside, which is authenticated";
pub const EMPTY_RECORD: &str =
    "RFC 8446, section 5.4, wants an empty one refused; rustls skips it, and it says nothing";
