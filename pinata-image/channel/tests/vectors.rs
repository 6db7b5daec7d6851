//! Both directions against frames that another codec made (`vectors/make-channel.py`).
use pinata_channel::{Command, Detail, Event, Inbox, Malformed, Outbox, Report};
use serde_json::Value;

fn file() -> Value {
    serde_json::from_str(include_str!("../../vectors/channel.json")).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn vector(name: &str) -> Value {
    file()["vectors"].as_array().unwrap().iter().find(|v| v["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
}

fn bytes(value: &Value) -> Vec<u8> {
    unhex(value["hex"].as_str().unwrap())
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn decode(frame: &[u8], sequence: u64) -> Result<Command, Malformed> {
    Command::decode(&frame[4..], sequence)
}

#[test]
fn provision_decodes() {
    for name in ["provision-given", "provision-born"] {
        let vector = vector(name);
        let Ok(Command::Provision(p)) = decode(&unhex(vector["frame"].as_str().unwrap()), 0) else { panic!("{name}") };
        let body = &vector["body"];
        assert_eq!(p.target, text(&body["target"]));
        assert_eq!(p.boot, array(&body["boot"]));
        assert_eq!(p.image, array(&body["image"]));
        assert_eq!(p.wall, number(&body["wall"]));
        assert_eq!(p.tsc_khz, number(&body["tsc_khz"]));
        let limits = &body["limits"];
        assert_eq!(p.limits.places_server as u64, number(&limits["places_server"]));
        assert_eq!(p.limits.places_client as u64, number(&limits["places_client"]));
        assert_eq!(p.limits.handshake_ms, number(&limits["handshake_ms"]));
        assert_eq!(p.limits.release_ms, number(&limits["release_ms"]));
        assert_eq!(p.limits.bytes_before_auth as u64, number(&limits["bytes_before_auth"]));
        assert_eq!(p.limits.chain_max as u64, number(&limits["chain_max"]));
        assert_eq!(p.limits.signatures_max, number(&limits["signatures_max"]));
        assert_eq!(*p.preface_key, array(&body["preface_key"]));
        assert_eq!(*p.document, bytes(&body["document"]));
        let keys = body["keys"].as_array().unwrap();
        assert_eq!(p.keys.len(), keys.len());
        for (key, expected) in p.keys.iter().zip(keys) {
            assert_eq!(key.role.name(), text(&expected["role"]));
            assert_eq!(*key.key, array(&expected["key"]));
        }
        assert_eq!(p.authority.is_none(), body["authority"].is_null());
        if let Some(given) = p.authority {
            let expected = &body["authority"];
            assert_eq!(given.ca, bytes(&expected["ca"]));
            assert_eq!(given.server, bytes(&expected["server"]));
            assert_eq!(given.client, bytes(&expected["client"]));
            assert_eq!(*given.server_key, array(&expected["server_key"]));
            assert_eq!(*given.client_key, array(&expected["client_key"]));
        }
    }
}

#[test]
fn prove_and_stop_decode() {
    let prove = vector("prove");
    let Ok(Command::Prove { root }) = decode(&unhex(prove["frame"].as_str().unwrap()), 1) else { panic!() };
    assert_eq!(root, array(&prove["body"]["root"]));
    assert!(matches!(decode(&unhex(vector("stop")["frame"].as_str().unwrap()), 300), Ok(Command::Stop)));
}

#[test]
fn what_is_not_exactly_the_schema_is_refused() {
    let file = file();
    let refused = file["refused"].as_array().unwrap();
    assert!(refused.len() > 20);
    for vector in refused {
        assert!(decode(&unhex(vector["frame"].as_str().unwrap()), 0).is_err(), "{}", vector["name"]);
    }
}

#[test]
fn no_cut_of_a_provision_decodes() {
    let frame = unhex(vector("provision-given")["frame"].as_str().unwrap());
    for length in 0..frame.len() - 4 {
        assert!(Command::decode(&frame[4..4 + length], 0).is_err());
    }
}

#[test]
fn a_clock_is_refused_from_which_no_certificate_could_be_made() {
    const LATEST: u64 = 253_367_999_999_000_000;
    let vector = vector("provision-born");
    let frame = unhex(vector["frame"].as_str().unwrap());
    let wall = [&[0x1b][..], &number(&vector["body"]["wall"]).to_be_bytes()].concat();
    let at = frame.windows(wall.len()).position(|window| window == wall).unwrap();
    for (value, accepted) in [(LATEST, true), (LATEST + 1, false)] {
        let mut frame = frame.clone();
        frame[at + 1..at + 9].copy_from_slice(&value.to_be_bytes());
        assert_eq!(decode(&frame, 0).is_ok(), accepted, "{value}");
    }
}

#[test]
fn the_stream_may_be_split_anywhere() {
    let (provision, prove) = (vector("provision-given"), vector("prove"));
    let stream = [unhex(provision["frame"].as_str().unwrap()), unhex(prove["frame"].as_str().unwrap())].concat();
    for size in [1, 2, 3, 7, 64, 1000, stream.len()] {
        let mut inbox = Inbox::new();
        let mut names = Vec::new();
        for mut chunk in stream.chunks(size) {
            while let Some(command) = inbox.take(&mut chunk) {
                names.push(match command.unwrap() {
                    Command::Provision(_) => "provision",
                    Command::Prove { .. } => "prove",
                    Command::Stop => "stop",
                });
            }
            assert!(chunk.is_empty());
        }
        assert_eq!(names, ["provision", "prove"], "chunks of {size}");
    }
}

#[test]
fn impossible_lengths_are_refused_at_once() {
    for header in [[0, 0, 0, 0], [0, 1, 0, 1], [0xff; 4]] {
        let mut bytes = &header[..];
        assert!(matches!(Inbox::new().take(&mut bytes), Some(Err(Malformed::Length))));
    }
}

/// The report that a vector towards the host describes.
fn report(vector: &Value) -> Report {
    let body = &vector["body"];
    match vector["type"].as_str().unwrap() {
        "hello" => Report::Hello { image: text(&body["image"]) },
        "ready" => Report::Ready {
            boot: array(&body["boot"]),
            born: body["authority"] == "born",
            ca: bytes(&body["ca"]),
            server: bytes(&body["server"]),
            client: bytes(&body["client"]),
            us: number(&body["us"]),
        },
        "event" => {
            Report::Event(Event { id: body.get("id").map(array), us: number(&body["us"]), detail: detail(body) })
        }
        "proof" => Report::Proof {
            root: array(&body["root"]),
            message: array(&body["message"]),
            signature: array(&body["signature"]),
            key: array(&body["key"]),
        },
        "lost" => Report::Lost { count: number(&body["count"]) },
        "fault" => Report::Fault { reason: text(&body["reason"]), location: text(&body["location"]) },
        other => panic!("{other}"),
    }
}

fn detail(body: &Value) -> Detail {
    let short = |key: &str| number(&body[key]) as u16;
    match body["kind"].as_str().unwrap() {
        "accepted" => Detail::Accepted { port: short("port") },
        "preface_bad" => Detail::PrefaceBad { port: short("port"), reason: "mac" },
        "client_hello" => Detail::ClientHello,
        "hello_retry" => Detail::HelloRetry,
        "server_flight" => Detail::ServerFlight,
        "certificate" => Detail::Certificate {
            chain: body["chain"].as_array().unwrap().iter().map(bytes).collect(),
            sha256: array(&body["sha256"]),
            count: number(&body["count"]) as usize,
        },
        "chain_ok" => Detail::ChainOk,
        "chain_rejected" => Detail::ChainRejected { reason: text(&body["reason"]) },
        "possession_ok" => Detail::PossessionOk { scheme: short("scheme") },
        "possession_rejected" => Detail::PossessionRejected { scheme: short("scheme"), reason: text(&body["reason"]) },
        "finished" => Detail::Finished { suite: short("suite"), group: short("group") },
        "released" => Detail::Released { bytes: short("bytes").into(), to_self: body["self"].as_bool().unwrap() },
        "alert_sent" => Detail::AlertSent { code: short("code") as u8 },
        "alert_received" => Detail::AlertReceived { code: short("code") as u8 },
        "limit" => Detail::Limit { which: "places" },
        "tls_error" => Detail::TlsError { what: text(&body["what"]) },
        "closed" => Detail::Closed { by: "peer" },
        "handshake_secrets" => Detail::HandshakeSecrets {
            client_random: array(&body["client_random"]),
            client: array(&body["client"]),
            server: array(&body["server"]),
        },
        "session_tag" => Detail::SessionTag { tag: array(&body["tag"]) },
        other => panic!("{other}"),
    }
}

#[test]
fn every_report_encodes_as_the_vector_says() {
    let file = file();
    let vectors: Vec<&Value> =
        file["vectors"].as_array().unwrap().iter().filter(|v| v["direction"] == "to-host").collect();
    assert_eq!(vectors.len(), 24);
    for vector in vectors {
        let mut outbox = Outbox::new();
        let padding = number(&vector["sequence"]);
        for _ in 0..padding {
            outbox.push(&Report::Lost { count: 0 });
            outbox.sent(outbox.pending().len());
        }
        outbox.push(&report(vector));
        assert_eq!(outbox.pending(), unhex(vector["frame"].as_str().unwrap()), "{}", vector["name"]);
    }
}
