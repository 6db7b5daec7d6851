//! Certificates that are not what they should be, signed by the right authority unless they say otherwise: every field that
//! matters, and some that do not.

use super::{Mutant, Reach, mutant};
use crate::authority::{Identity, NOT_AFTER, NOT_BEFORE, derived_key};
use crate::certificate::{
    ANY_USAGE, BASIC_CONSTRAINTS, CLIENT_AUTH, CODE_SIGNING, DIGITAL_SIGNATURE, ECDSA_SHA256_NULL, ECDSA_SHA384,
    ED25519, EXTENDED_KEY_USAGE, Extension, KEY_CERT_SIGN, KEY_ENCIPHERMENT, KEY_USAGE, NAME_CONSTRAINTS, ON_P256,
    ON_P384, ON_SECP256K1, SERVER_AUTH, SUBJECT_ALT_NAME, Template, UNKNOWN, authority, extended_key_usage, key_usage,
    public_key, subject_alt_name, time,
};
use crate::der;
use crate::{Authority, Role, Script};
use p256::ecdsa::SigningKey;

const EXTRA_CERTIFICATES: &str = "RFC 8446, section 4.4.2: receivers are prepared for extraneous certificates";
const UNCRITICAL: &str = "RFC 5280, section 4.2: what is not critical may be ignored";
const USAGES: &str = "RFC 5280, section 4.2.1.12: one of the usages is the right one";
const KEY_USAGE_UNREAD: &str = "webpki does not read KeyUsage, though RFC 8446, section 4.4.2.2, wants it heeded; our authority issues no such leaf";
const NAMES: &str = "RFC 5280, section 4.2.1.6, and RFC 4343: one of the names is the right one, whatever its case";
const LENIENT: &str =
    "RFC 5280, section 4.1.2, forbids issuers to write this; it says nothing about whose certificate it is";
const INTERMEDIATE: &str = "RFC 5280, section 6.1: a path through an authority below ours";

pub(super) fn mutants(role: Role, ours: &Authority) -> Vec<Mutant> {
    let maker = Maker { role, ours, key: derived_key(&[5; 32], "leaf") };
    let fields = maker.fields().into_iter().chain(maker.names());
    fields.chain(maker.issuers()).chain(maker.keys()).chain(maker.signatures()).chain(maker.chains()).collect()
}

struct Maker<'a> {
    role: Role,
    ours: &'a Authority,
    key: SigningKey,
}

impl Maker<'_> {
    fn honest(&self) -> Template {
        self.ours.template(self.role, &self.key)
    }

    fn usage(&self) -> &'static [u8] {
        if self.role == Role::Client { CLIENT_AUTH } else { SERVER_AUTH }
    }

    fn presenting(&self, name: &str, chain: Vec<Vec<u8>>, key: &SigningKey, reach: Reach) -> Mutant {
        let script = Script::with(self.role, &Identity { chain, key: key.clone() });
        mutant(self.role, format!("certificate: {name}"), script, reach)
    }

    fn issued(&self, name: &str, template: Template, reach: Reach) -> Mutant {
        self.presenting(name, vec![template.sign(&self.ours.key)], &self.key, reach)
    }

    /// One field or extension at a time.
    fn fields(&self) -> Vec<Mutant> {
        let others = if self.role == Role::Client { SERVER_AUTH } else { CLIENT_AUTH };
        let (own, honest, no) = (self.usage(), || self.honest(), Reach::Certificate);
        let dates = |from, to| Template { not_before: time(from), not_after: time(to), ..honest() };
        let raw_dates = |from: Vec<u8>, to: Vec<u8>| Template { not_before: from, not_after: to, ..honest() };
        let generalized = |text: &str| der::value(0x18, text.as_bytes());
        let serial = |bytes: &[u8]| Template { serial: bytes.to_vec(), ..honest() };
        let version = |version| Template { version, ..honest() };
        let critical = |mut extension: Extension| {
            extension.critical = true;
            extension
        };
        let unknown = Extension { id: UNKNOWN, critical: false, value: der::value(der::UTF8_STRING, b"?") };
        let no_authority = Extension { id: BASIC_CONSTRAINTS, critical: false, value: der::sequence(&[]) };
        let usage_twice = Template { extensions: [honest().extensions, honest().extensions].concat(), ..honest() };
        vec![
            self.issued("another leaf of the authority's", honest(), Reach::Release(EXTRA_CERTIFICATES)),
            self.issued("expired", dates(NOT_BEFORE, "200201000000Z"), no),
            self.issued("not yet valid", dates("491130000000Z", NOT_AFTER), no),
            self.issued("ends before it begins", dates("491130000000Z", "200201000000Z"), no),
            self.issued("a date without a zone", dates("200101000000", NOT_AFTER), no),
            self.issued("a date that is none", dates("201301000000Z", NOT_AFTER), no),
            self.issued("no dates", raw_dates(Vec::new(), Vec::new()), no),
            self.issued(
                "dates in the long form",
                raw_dates(generalized("20200101000000Z"), generalized("20490101000000Z")),
                Reach::Either(LENIENT),
            ),
            self.issued("version 1", version(None), no),
            self.issued("version 1, said", version(Some(0)), no),
            self.issued("version 2", version(Some(1)), no),
            self.issued("version 4", version(Some(3)), no),
            self.issued("serial 0", serial(&[0]), Reach::Either(LENIENT)),
            self.issued("a negative serial", serial(&[0x80]), Reach::Either(LENIENT)),
            self.issued("a serial of 40 bytes", serial(&[0x11; 40]), Reach::Either(LENIENT)),
            self.issued("no serial", serial(&[]), Reach::Either(LENIENT)),
            self.issued("usage missing", honest().without(EXTENDED_KEY_USAGE), no),
            self.issued("usage of the other role", honest().with(extended_key_usage(&[others])), no),
            self.issued("usage any", honest().with(extended_key_usage(&[ANY_USAGE])), no),
            self.issued("usage code signing", honest().with(extended_key_usage(&[CODE_SIGNING])), no),
            self.issued("usage empty", honest().with(extended_key_usage(&[])), no),
            self.issued(
                "usage of a wrong type",
                honest().with(Extension { id: EXTENDED_KEY_USAGE, critical: false, value: der::value(der::OID, own) }),
                no,
            ),
            self.issued("usage longer by a byte", honest().with(extended_key_usage(&[&[own, &[0]].concat()])), no),
            self.issued("usage shorter by a byte", honest().with(extended_key_usage(&[&own[..7]])), no),
            self.issued(
                "usage of both roles",
                honest().with(extended_key_usage(&[others, own])),
                Reach::Release(USAGES),
            ),
            self.issued("usage critical", honest().with(critical(extended_key_usage(&[own]))), Reach::Release(USAGES)),
            self.issued("key usage missing", honest().without(KEY_USAGE), Reach::Release(KEY_USAGE_UNREAD)),
            self.issued(
                "key usage encipherment",
                honest().with(key_usage(KEY_ENCIPHERMENT)),
                Reach::Release(KEY_USAGE_UNREAD),
            ),
            self.issued(
                "key usage signing certificates",
                honest().with(key_usage(KEY_CERT_SIGN)),
                Reach::Release(KEY_USAGE_UNREAD),
            ),
            self.issued("an authority", honest().with(authority()), no),
            self.issued("said to be no authority", honest().with(no_authority), Reach::Release(UNCRITICAL)),
            self.issued("an unknown extension", honest().with(unknown.clone()), Reach::Release(UNCRITICAL)),
            self.issued("an unknown critical extension", honest().with(critical(unknown)), no),
            self.issued(
                "a critical constraint of names",
                honest().with(Extension { id: NAME_CONSTRAINTS, critical: true, value: der::sequence(&[]) }),
                Reach::Either(LENIENT),
            ),
            self.issued("extensions twice", usage_twice, no),
            self.issued("no extensions", Template { extensions: Vec::new(), ..honest() }, no),
            self.issued(
                "an empty subject",
                Template { subject: der::sequence(&[]), ..honest() },
                Reach::Release(LENIENT),
            ),
            self.issued(
                "an issuer of another name",
                Template { issuer: der::common_name("another authority"), ..honest() },
                no,
            ),
            self.issued("no issuer", Template { issuer: der::sequence(&[]), ..honest() }, no),
        ]
    }

    /// A server is called by its name; a client has none.
    fn names(&self) -> Vec<Mutant> {
        if self.role == Role::Client {
            return vec![self.issued(
                "a name",
                self.honest().with(subject_alt_name(&["pinata"])),
                Reach::Release(UNCRITICAL),
            )];
        }
        let named =
            |what: &str, names: &[&str], reach| self.issued(what, self.honest().with(subject_alt_name(names)), reach);
        let no = Reach::Certificate;
        let address = der::value(der::context(7, false), &[127, 0, 0, 1]);
        let address = Extension { id: SUBJECT_ALT_NAME, critical: false, value: der::value(der::SEQUENCE, &address) };
        vec![
            self.issued("no name but the subject's", self.honest().without(SUBJECT_ALT_NAME), no),
            self.issued("an address for a name", self.honest().with(address), no),
            named("another name", &["another"], no),
            named("an empty name", &[""], no),
            named("no names", &[], no),
            named("a wildcard", &["*"], no),
            named("a longer name", &["pinata.example"], no),
            named("a name above it", &["www.pinata"], no),
            named("a name with a zero in it", &["pinata\0.example"], no),
            named("a name with a space", &["pinata "], no),
            named("another name and the right one", &["another", "pinata"], Reach::Release(NAMES)),
            named("a name in capitals", &["PINATA"], Reach::Release(NAMES)),
        ]
    }

    /// Whoever signed it.
    fn issuers(&self) -> Vec<Mutant> {
        let foreign = Authority::new(&[9; 32], "another authority");
        let namesake = Authority { name: self.ours.name.clone(), ..foreign.clone() };
        let by = |authority: &Authority| authority.template(self.role, &self.key).sign(&authority.key);
        let itself = Template { issuer: self.honest().subject, ..self.honest() };
        let (no, key) = (Reach::Certificate, &self.key);
        vec![
            self.presenting("of another authority", vec![by(&foreign)], key, no),
            self.presenting(
                "of another authority, which is sent too",
                vec![by(&foreign), foreign.certificate.clone()],
                key,
                no,
            ),
            self.presenting("of another authority with the same name", vec![by(&namesake)], key, no),
            self.presenting(
                "of another authority, ours sent too",
                vec![by(&foreign), self.ours.certificate.clone()],
                key,
                no,
            ),
            self.presenting("signed by itself", vec![itself.sign(key)], key, no),
            self.presenting("signed by itself in our authority's name", vec![self.honest().sign(key)], key, no),
            self.presenting("the authority's own", vec![self.ours.certificate.clone()], &self.ours.key, no),
            self.presenting(
                "of the other role",
                self.ours.leaf(self.other()).chain.clone(),
                &self.ours.leaf(self.other()).key,
                no,
            ),
        ]
    }

    fn other(&self) -> Role {
        if self.role == Role::Client { Role::Server } else { Role::Client }
    }

    /// Keys: whose, and of which kind. The chain is right in all of them.
    fn keys(&self) -> Vec<Mutant> {
        let with = |name: &str, algorithm: &[u8], bits: &[u8]| {
            let key = der::sequence(&[algorithm, &der::bit_string(bits)]);
            self.issued(&format!("a key {name}"), Template { key, ..self.honest() }, Reach::Chain)
        };
        let point = self.key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        let compressed = self.key.verifying_key().to_sec1_point(true).as_bytes().to_vec();
        let hybrid = [&[6 | point[64] & 1], &point[1..]].concat();
        let mut off = point.clone();
        off[64] ^= 1;
        vec![
            self.presenting("without its key", self.ours.leaf(self.role).chain.clone(), &self.key, Reach::Chain),
            self.issued(
                "for another key",
                Template { key: public_key(&derived_key(&[5; 32], "another")), ..self.honest() },
                Reach::Chain,
            ),
            with("on P-384", ON_P384, &[&[4][..], &[7; 96]].concat()),
            with("on secp256k1", ON_SECP256K1, &point),
            with("of P-256 said to be on P-384", ON_P384, &point),
            with("for Ed25519", ED25519, &point[1..33]),
            with("with a compressed point", ON_P256, &compressed),
            with("with a hybrid point", ON_P256, &hybrid),
            with("off the curve", ON_P256, &off),
            with("at infinity", ON_P256, &[0]),
            with("of zeros", ON_P256, &[&[4][..], &[0; 64]].concat()),
            with("that is empty", ON_P256, &[]),
            with("that is too long", ON_P256, &[&point[..], &[0]].concat()),
        ]
    }

    fn signatures(&self) -> Vec<Mutant> {
        let (no, honest) = (Reach::Certificate, self.honest());
        let good = honest.sign(&self.ours.key);
        let with = |name: &str, signature: &[u8]| {
            self.presenting(&format!("signature {name}"), vec![honest.with_signature(signature)], &self.key, no)
        };
        let of = |name: &str, inner: &[u8], outer: &[u8]| {
            let template =
                Template { inner_algorithm: inner.to_vec(), outer_algorithm: outer.to_vec(), ..self.honest() };
            self.issued(&format!("signature algorithm {name}"), template, no)
        };
        let own = &honest.inner_algorithm[..];
        let mut broken = good.clone();
        *broken.last_mut().expect("a certificate is not empty") ^= 1;
        let one = der::value(der::INTEGER, &[1]);
        vec![
            self.presenting("signature broken", vec![broken], &self.key, no),
            self.presenting("a byte after it", vec![[&good[..], &[0]].concat()], &self.key, no),
            self.presenting("cut by a byte", vec![good[..good.len() - 1].to_vec()], &self.key, no),
            with("empty", &[]),
            with("of (1, 1)", &der::sequence(&[&one, &one])),
            with("of zeros", &[0; 70]),
            of("inside another", ECDSA_SHA384, own),
            of("outside another", own, ECDSA_SHA384),
            of("another", ECDSA_SHA384, ECDSA_SHA384),
            of("with parameters", ECDSA_SHA256_NULL, ECDSA_SHA256_NULL),
            of("empty", &der::sequence(&[]), &der::sequence(&[])),
        ]
    }

    /// Chains, contexts, and what stands beside certificates.
    fn chains(&self) -> Vec<Mutant> {
        let leaf = self.honest().sign(&self.ours.key);
        let ca = self.ours.certificate.clone();
        let (no, key) = (Reach::Certificate, &self.key);
        let extra = Reach::Release(EXTRA_CERTIFICATES);
        let below = Intermediate::new(self.ours, self.role, key, true);
        let not_below = Intermediate::new(self.ours, self.role, key, false);
        let of_leaf = Template { issuer: self.honest().subject, ..self.honest() }.sign(key);
        let foreign = Authority::new(&[9; 32], "another authority").leaf(self.role).chain[0].clone();
        let mut all = vec![
            self.presenting("chain empty", Vec::new(), key, Reach::Nothing),
            self.presenting("an empty one", vec![Vec::new()], key, no),
            self.presenting("garbage", vec![vec![0x5a; 300]], key, no),
            self.presenting("with the authority's", vec![leaf.clone(), ca.clone()], key, extra),
            self.presenting("after the authority's", vec![ca.clone(), leaf.clone()], key, no),
            self.presenting("twice", vec![leaf.clone(), leaf.clone()], key, extra),
            self.presenting("with a foreign one", vec![leaf.clone(), foreign.clone()], key, extra),
            self.presenting("after a foreign one", vec![foreign, leaf.clone()], key, no),
            self.presenting("with seven others", [vec![leaf.clone()], vec![ca.clone(); 7]].concat(), key, extra),
            self.presenting("with eight others", [vec![leaf.clone()], vec![ca.clone(); 8]].concat(), key, no),
            self.presenting("signed by a leaf", vec![of_leaf, leaf.clone()], key, no),
            self.presenting("below an intermediate", below.chain.clone(), key, Reach::Release(INTERMEDIATE)),
            self.presenting("below an intermediate that is missing", vec![below.chain[0].clone()], key, no),
            self.presenting("below an intermediate that is no authority", not_below.chain, key, no),
        ];
        let honest = Script::with(self.role, &Identity { chain: vec![leaf], key: key.clone() });
        let mut with_context = honest.clone();
        with_context.certificate_context = vec![1];
        all.push(mutant(self.role, "certificate: a context", with_context, Reach::Nothing));
        let mut with_extension = honest;
        with_extension.certificates[0].1.push((0xfafa, vec![1]));
        all.push(mutant(self.role, "certificate: an extension beside it", with_extension, Reach::Nothing));
        all
    }
}

/// A leaf below something below an authority.
struct Intermediate {
    chain: Vec<Vec<u8>>,
}

impl Intermediate {
    fn new(ours: &Authority, role: Role, leaf_key: &SigningKey, is_authority: bool) -> Intermediate {
        let key = derived_key(&[6; 32], "intermediate");
        let name = der::common_name("intermediate");
        let mut own = Template { subject: name.clone(), ..ours.template(role, &key) }.without(SUBJECT_ALT_NAME);
        own = own.with(key_usage(if is_authority { KEY_CERT_SIGN } else { DIGITAL_SIGNATURE }));
        if is_authority {
            own = own.with(authority());
        }
        let leaf = Template { issuer: name, ..ours.template(role, leaf_key) };
        Intermediate { chain: vec![leaf.sign(&key), own.sign(&ours.key)] }
    }
}
