//! The reasons, one by one. `report` refuses a difference without one, and one without a difference.

use crate::differences::Explanation;
use crate::differences::Other::{Go, OpenSsl, Rustls};

const OUTSIDE: &[&str] = &[
    "record of Certificate: legacy version*",
    "record of Certificate: type alert",
    "record of Certificate: type handshake",
    "record of CertificateVerify: legacy version*",
    "record of CertificateVerify: type alert",
    "record of CertificateVerify: type handshake",
    "record of Finished: legacy version*",
    "record of Finished: type alert",
    "record of Finished: type handshake",
];
const EMPTY_PROTECTED: &[&str] = &[
    "before Certificate: an empty handshake record, protected",
    "before CertificateVerify: an empty handshake record, protected",
    "before Finished: an empty handshake record, protected",
];

/// First where the guest's policy is its own, then where rustls is stricter, then where it is more lenient.
pub const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        why: "The guest demands the extended key usage. webpki by itself takes a certificate without any for one that may do \
              everything; the other two servers were told to demand it here. Where a signature is broken too, the guest names the \
              usage and rustls the signature.",
        cases: &[(
            Rustls,
            &[
                "certificate: usage missing",
                "certificate: no extensions",
                "Certificate, byte 265, bit 0",
                "Certificate, byte 266, bit 0",
                "Certificate, byte 267, bit 0",
            ],
        )],
    },
    Explanation {
        why: "The guest looks at eight certificates of a chain at most.",
        cases: &[
            (Rustls, &["certificate: with eight others"]),
            (OpenSsl, &["certificate: with eight others"]),
            (Go, &["certificate: with eight others"]),
        ],
    },
    Explanation {
        why: "The guest takes the points of keys uncompressed, as its authority writes them; other forms are optional (RFC 5480, \
              section 2.2).",
        cases: &[
            (Rustls, &["certificate: a key with a compressed point"]),
            (OpenSsl, &["certificate: a key with a compressed point", "certificate: a key with a hybrid point"]),
        ],
    },
    Explanation {
        why: "After its close_notify the guest says nothing more (RFC 8446, section 6.1); rustls still has an alert for what comes \
              after it.",
        cases: &[(
            Rustls,
            &[
                "after Finished: a record that is too long, in plaintext",
                "after Finished: a record that is too long, protected",
            ],
        )],
    },
    Explanation {
        why: "With the client's Finished the handshake is complete (RFC 8446, section 4.4.4). rustls reads everything that \
              arrived together with it before it says so; the others give the document before they look at what follows.",
        cases: &[(OpenSsl, &["after Finished: *", "twice Finished*"]), (Go, &["after Finished: *", "twice Finished*"])],
    },
    Explanation {
        why: "webpki takes no leaf that calls itself an authority, no version but 3, and no ECDSA algorithm with parameters (RFC \
              5758, section 3.2); rustls takes no extension beside a certificate that it did not ask for (RFC 8446, section \
              4.4.2).",
        cases: &[
            (
                OpenSsl,
                &[
                    "certificate: an authority",
                    "certificate: version*",
                    "certificate: signature algorithm with parameters",
                    "certificate: an extension beside it",
                ],
            ),
            (
                Go,
                &[
                    "certificate: an authority",
                    "certificate: signature algorithm with parameters",
                    "certificate: an extension beside it",
                ],
            ),
        ],
    },
    Explanation {
        why: "rustls reads every extension that it knows, wanted or not, and refuses one that is malformed or contradicts \
              another; the others leave unread what they have no use for.",
        cases: &[
            (
                OpenSsl,
                &[
                    "hello says: a cookie of no bytes",
                    "hello says: an empty cookie",
                    "hello says: an encrypted hello of no bytes",
                    "hello says: an extended master secret with content",
                    "hello says: renegotiation of no bytes",
                    "hello says: no types of certificates",
                    "hello says: no compression of certificates",
                    "hello says: pre-shared keys without identities",
                    "hello says: more binders than pre-shared keys",
                    "hello: a pre-shared key without a binder",
                ],
            ),
            (
                Go,
                &[
                    "hello says: an encrypted hello of no bytes",
                    "hello says: an authority of no bytes",
                    "hello says: no types of certificates",
                    "hello says: no compression of certificates",
                    "hello says: no modes of pre-shared keys",
                    "hello says: more binders than pre-shared keys",
                    "hello: a pre-shared key without modes",
                ],
            ),
        ],
    },
    Explanation {
        why: "A client that takes raw public keys alone (RFC 7250) is refused by rustls, which has none; the others do not know \
              the extension.",
        cases: &[
            (OpenSsl, &["hello: raw public keys", "hello says: raw public keys of the server alone"]),
            (Go, &["hello: raw public keys", "hello says: raw public keys of the server alone"]),
        ],
    },
    Explanation {
        why: "rustls takes no server name that could not be one in DNS (RFC 6066, section 3).",
        cases: &[
            (
                OpenSsl,
                &[
                    "hello: an empty server name",
                    "ClientHello, byte 93, bit 0",
                    "ClientHello, byte 95, bit 0",
                    "hello says: a server name with a high bit",
                    "hello says: a server name in a URL",
                ],
            ),
            (
                Go,
                &[
                    "ClientHello, byte 87, bit 0",
                    "ClientHello, byte 93, bit 0",
                    "ClientHello, byte 95, bit 0",
                    "hello says: a server name with a high bit",
                    "hello says: a server name with a zero",
                    "hello says: a server name in a URL",
                    "hello says: a server name of 300 bytes",
                    "hello says: a server name of an unknown kind",
                ],
            ),
        ],
    },
    Explanation {
        why: "What must not be in a hello twice (RFC 8446, sections 4.2 and 4.2.8) rustls looks for; servers need not.",
        cases: &[
            (
                OpenSsl,
                &[
                    "hello says: a share twice",
                    "hello says: two shares of one group",
                    "hello says: an unknown extension twice",
                ],
            ),
            (Go, &["hello says: a share twice", "hello says: two shares of one group"]),
        ],
    },
    Explanation {
        why: "A session id has 32 bytes at most (RFC 8446, section 4.1.2); Go echoes longer ones.",
        cases: &[(Go, &["hello: a session id that is too long", "hello says: a session id of 255 bytes"])],
    },
    Explanation {
        why: "Nothing may share a record with a hello after which keys change, and nothing may come between the parts of a \
              message (RFC 8446, section 5.1). Go notices neither before it reads on.",
        cases: &[(
            Go,
            &["hello and *", "hello: a byte after it", "hello: a whole message after it", "a warning inside the hello"],
        )],
    },
    Explanation {
        why: "A protected change_cipher_spec must end the handshake (RFC 8446, section 5); Go drops it.",
        cases: &[(
            Go,
            &[
                "before Certificate: change_cipher_spec, protected",
                "before CertificateVerify: change_cipher_spec, protected",
                "before Finished: change_cipher_spec, protected",
            ],
        )],
    },
    Explanation {
        why: "One change_cipher_spec has a meaning (RFC 8446, appendix D.4); rustls drops two, the others many.",
        cases: &[
            (OpenSsl, &["3 change_cipher_specs after the hello"]),
            (Go, &["3 change_cipher_specs after the hello"]),
        ],
    },
    Explanation {
        why: "OpenSSL drops empty records in plaintext, which must not be sent (RFC 8446, section 5.1).",
        cases: &[(
            OpenSsl,
            &[
                "before ClientHello: an empty change_cipher_spec*",
                "before ClientHello: an empty handshake record*",
                "2 empty records of handshake before the hello",
                "an empty record of handshake inside the hello",
            ],
        )],
    },
    Explanation {
        why: "user_canceled is no reason to stop, whatever its level says (RFC 8446, section 6.1); rustls ends with any fatal \
              alert.",
        cases: &[(OpenSsl, &["fatal alert 90 after the hello"])],
    },
    Explanation {
        why: "A hello with groups but without shares lacks an extension (RFC 8446, section 9.2); Go asks for one.",
        cases: &[(Go, &["hello: no key share", "ClientHello, byte 119, bit 0", "ClientHello, byte 120, bit 0"])],
    },
    Explanation {
        why: "rustls follows the client's order of groups, though it costs another hello; the others take the share that is \
              there. Both are allowed (RFC 8446, section 4.2.8).",
        cases: &[(OpenSsl, &["hello says: another group before"]), (Go, &["hello says: another group before"])],
    },
    Explanation {
        why: "Records of these versions are a sign of something else than TLS to one and not to the other; the field is to be \
              ignored (RFC 8446, section 5.1).",
        cases: &[
            (OpenSsl, &["hello in a record of version 0002", "hello in a record of version feff"]),
            (Go, &["hello in a record of version *"]),
        ],
    },
    Explanation { why: "OpenSSL 3.0 has no X25519MLKEM768.", cases: &[(OpenSsl, &["hello says: a hybrid share"])] },
    Explanation {
        why: "OpenSSL has an alert for a client that leaves after it was asked for another hello.",
        cases: &[(
            OpenSsl,
            &[
                "hello: an empty list of shares",
                "hello says: P-256 alone, and no share of it",
                "asked again: nothing",
                "asked again: half a hello",
                "retry: answered by nothing",
            ],
        )],
    },
    Explanation {
        why: "The outside of a protected record says nothing that is used: rustls authenticates what type and version must be, \
              not what they are, and so is deaf to changes of them; content, its type and its place are authenticated.",
        cases: &[(OpenSsl, OUTSIDE), (Go, OUTSIDE)],
    },
    Explanation {
        why: "Empty records of a handshake must not be sent (RFC 8446, section 5.1); rustls drops them where they are protected.",
        cases: &[(OpenSsl, EMPTY_PROTECTED), (Go, EMPTY_PROTECTED)],
    },
    Explanation {
        why: "rustls heeds no warning before a version is agreed on, and close_notify not before it is authenticated: anybody \
              on the way could have sent them.",
        cases: &[
            (
                OpenSsl,
                &[
                    "before ClientHello: a warning, *",
                    "before ClientHello: close_notify, *",
                    "before ClientHello: user_canceled, *",
                    "warning *",
                    "2 warnings before the hello",
                ],
            ),
            (Go, &["before ClientHello: close_notify, *"]),
        ],
    },
    Explanation {
        why: "rustls heeds a user_canceled in plaintext, which changes nothing; Go takes everything after a hello for protected.",
        cases: &[(Go, &["warning 90 after the hello", "2 warnings after the hello"])],
    },
    Explanation {
        why: "A share of a group that the hello does not list is the client's mistake, which servers may look for (RFC 8446, \
              section 4.2.8); OpenSSL does.",
        cases: &[(
            OpenSsl,
            &[
                "hello: a share of another group",
                "ClientHello, byte 125, bit 0",
                "ClientHello, byte 126, bit 0",
                "hello says: a share of a group that is not among the groups",
                "hello says: an unknown share before ours",
                "asked again: two shares",
            ],
        )],
    },
    Explanation {
        why: "A second hello must be the first but for what it was asked to change (RFC 8446, section 4.1.2). Go compares the \
              two. rustls does not: signature and Finished are over both.",
        cases: &[(
            Go,
            &[
                "asked again: two shares",
                "asked again: another random",
                "asked again: another session id",
                "asked again: no session id",
                "asked again: another legacy version",
                "asked again: the other suite alone",
                "asked again: more groups",
                "asked again: other signature algorithms",
                "asked again: a cookie that nobody gave",
                "retry: another random first",
                "retry: second hello with a cookie that nobody gave",
                "retry: second hello with an extension more",
                "retry: second hello with another random",
                "retry: second hello with another session id",
            ],
        )],
    },
    Explanation {
        why: "Two names of servers in two hellos rustls does notice, and leaves without a word; Go says so, OpenSSL does not look. \
              Nor does OpenSSL look for groups again.",
        cases: &[
            (OpenSsl, &["retry: second hello with another server name", "retry: second hello without groups"]),
            (Go, &["retry: second hello with another server name"]),
        ],
    },
    Explanation {
        why: "The guest refuses it too, after its own hello, in an alert that this client has no keys for.",
        cases: &[(OpenSsl, &["asked again: other signature algorithms"])],
    },
    Explanation {
        why: "legacy_version is to be ignored where there are supported_versions (RFC 8446, section 4.2.1); OpenSSL refuses what \
              it says.",
        cases: &[(
            OpenSsl,
            &["hello: legacy version 0", "hello says: legacy version of SSL *", "ClientHello, byte 4, bit 0"],
        )],
    },
    Explanation {
        why: "The other way round: extensions that rustls does not know, or has no use for, and the others read.",
        cases: &[
            (
                OpenSsl,
                &[
                    "ClientHello, byte 82, bit 0",
                    "hello says: a maximal fragment length of no bytes",
                    "hello says: a maximal fragment length that is unknown",
                    "hello says: authentication after the handshake, with content",
                    "hello says: no signature algorithms for certificates",
                    "hello says: other signature algorithms for certificates",
                ],
            ),
            (
                Go,
                &[
                    "hello says: no signature algorithms for certificates",
                    "hello says: a status request of an unknown kind",
                    "hello says: renegotiation with content",
                    "hello says: parameters of QUIC",
                    "hello: early data without a key",
                    "hello: a pre-shared key and early data",
                ],
            ),
        ],
    },
    Explanation {
        why: "Server names: rustls takes one with a dot at its end, and the rest of a list for a name of a kind that it does not \
              know.",
        cases: &[
            (OpenSsl, &["length of a server name: short by one"]),
            (Go, &["hello says: a server name with a dot after it", "length of a server name: short by one"]),
        ],
    },
    Explanation {
        why: "webpki reads no key usage (RFC 5280, section 4.2.1.3). Our authority issues no leaf with another one.",
        cases: &[(OpenSsl, &["certificate: key usage encipherment", "certificate: key usage signing certificates"])],
    },
    Explanation {
        why: "webpki does not judge serial numbers, nor constraints of names in a leaf, where they have no meaning (RFC 5280, \
              section 4.2.1.10). Only our authority could have signed them.",
        cases: &[
            (OpenSsl, &["certificate: no serial"]),
            (
                Go,
                &[
                    "certificate: no serial",
                    "certificate: a negative serial",
                    "certificate: a critical constraint of names",
                ],
            ),
        ],
    },
];
