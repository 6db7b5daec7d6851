//! Certificates once more, as little as it takes to say whether one may be believed: the second opinion on the verifier
//! (RFC 5280). Reads with DER's outline only, so that it finds what the verifier found, and no more.

use pinata_puppet::Role;

const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const DNS_NAME: u8 = 0x82;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// The part that is signed, with its header.
    pub signed: &'a [u8],
    /// DER of ECDSA's two numbers.
    pub signature: &'a [u8],
    pub serial: &'a [u8],
    pub issuer: &'a [u8],
    pub subject: &'a [u8],
    /// Seconds since 1970.
    pub not_before: u64,
    pub not_after: u64,
    /// The point of the public key: what its BIT STRING holds.
    pub key: &'a [u8],
    pub usages: Vec<&'a [u8]>,
    pub dns_names: Vec<&'a [u8]>,
    pub is_authority: bool,
}

/// Takes one value: its tag, its content, and all of it.
fn value<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8], &'a [u8])> {
    let whole = *bytes;
    let (head, rest) = whole.split_first_chunk::<2>()?;
    let (length, rest) = match head[1] {
        short @ 0..=0x7f => (usize::from(short), rest),
        long => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (length.iter().try_fold(0usize, |sum, byte| sum.checked_mul(256)?.checked_add((*byte).into()))?, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some((head[0], content, &whole[..whole.len() - rest.len()]))
}

fn expect<'a>(bytes: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    value(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, _)| content)
}

impl<'a> Certificate<'a> {
    /// Reads one. `None`: it is none, or not of version 3.
    pub fn read(mut der: &'a [u8]) -> Option<Certificate<'a>> {
        let mut outer = expect(&mut der, SEQUENCE)?;
        let (_, mut inner, signed) = value(&mut outer)?;
        expect(&mut outer, SEQUENCE)?;
        let (_, signature, _) = value(&mut outer)?;

        expect(&mut inner, VERSION)?;
        let (_, serial, _) = value(&mut inner)?;
        expect(&mut inner, SEQUENCE)?;
        let (_, issuer, _) = value(&mut inner)?;
        let mut validity = expect(&mut inner, SEQUENCE)?;
        let (_, subject, _) = value(&mut inner)?;
        let mut key = expect(&mut inner, SEQUENCE)?;
        expect(&mut key, SEQUENCE)?;
        let (_, key, _) = value(&mut key)?;

        let mut certificate = Certificate {
            signed,
            signature: signature.get(1..)?,
            serial,
            issuer,
            subject,
            not_before: time(&mut validity)?,
            not_after: time(&mut validity)?,
            key: key.get(1..)?,
            usages: Vec::new(),
            dns_names: Vec::new(),
            is_authority: false,
        };
        while let Some((tag, content, _)) = value(&mut inner) {
            if tag == EXTENSIONS {
                certificate.read_extensions(content)?;
            }
        }
        Some(certificate)
    }

    fn read_extensions(&mut self, mut content: &'a [u8]) -> Option<()> {
        let mut all = expect(&mut content, SEQUENCE)?;
        while !all.is_empty() {
            let mut one = expect(&mut all, SEQUENCE)?;
            let id = expect(&mut one, OID)?;
            let (mut tag, mut content, _) = value(&mut one)?;
            if tag != OCTET_STRING {
                (tag, content, _) = value(&mut one)?;
            }
            if tag != OCTET_STRING {
                return None;
            }
            if id == EXTENDED_KEY_USAGE {
                let mut list = expect(&mut content, SEQUENCE)?;
                while let Some((_, usage, _)) = value(&mut list) {
                    self.usages.push(usage);
                }
            } else if id == SUBJECT_ALT_NAME {
                let mut list = expect(&mut content, SEQUENCE)?;
                while let Some((tag, name, _)) = value(&mut list) {
                    self.dns_names.extend((tag == DNS_NAME).then_some(name));
                }
            } else if id == BASIC_CONSTRAINTS {
                let mut list = expect(&mut content, SEQUENCE)?;
                self.is_authority = value(&mut list).is_some_and(|(_, content, _)| content == [0xff]);
            }
        }
        Some(())
    }

    /// Why a peer with this leaf must not be believed, whoever signed it. `None`: nothing is wrong with it.
    pub fn objection(&self, role: Role, now: u64) -> Option<&'static str> {
        let usage = if role == Role::Client { CLIENT_AUTH } else { SERVER_AUTH };
        if !(self.not_before..=self.not_after).contains(&now) {
            Some("not now")
        } else if !self.usages.contains(&usage) {
            Some("not for this")
        } else if role == Role::Server && !self.dns_names.iter().any(|name| name.eq_ignore_ascii_case(b"pinata")) {
            Some("another name")
        } else if self.is_authority {
            Some("an authority")
        } else {
            None
        }
    }
}

/// A `Time`, as seconds since 1970.
fn time(bytes: &mut &[u8]) -> Option<u64> {
    let (tag, text, _) = value(bytes)?;
    let digits =
        |range: core::ops::Range<usize>| -> Option<u64> { str::from_utf8(text.get(range)?).ok()?.parse().ok() };
    let (year, rest) = match tag {
        UTC_TIME if text.len() == 13 => {
            let short = digits(0..2)?;
            (if short < 50 { 2000 + short } else { 1900 + short }, 2)
        }
        GENERALIZED_TIME if text.len() == 15 => (digits(0..4)?, 4),
        _ => return None,
    };
    let at = |index: usize| digits(rest + 2 * index..rest + 2 * index + 2);
    let (month, day, hour, minute, second) = (at(0)?, at(1)?, at(2)?, at(3)?, at(4)?);
    // Counted day by day in months and year by year: slow, and not the method of the code that is checked.
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days_of = |month| match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let years: u64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let months: u64 = (1..month).map(days_of).sum();
    Some((((years + months + day.checked_sub(1)?) * 24 + hour) * 60 + minute) * 60 + second)
}
