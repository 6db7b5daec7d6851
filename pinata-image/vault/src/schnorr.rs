//! BIP-340 by `k256`.

use k256::schnorr::SigningKey;

/// Zero, or not below the group's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

/// The order of the group of secp256k1, big-endian (SEC 2, section 2.4.1).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
    0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// Whether it is a secret key. By its bytes alone, so that nothing of the curve is needed before the first proof.
pub fn check_key(key: &[u8; 32]) -> Result<(), BadKey> {
    if *key != [0; 32] && *key < ORDER { Ok(()) } else { Err(BadKey) }
}

/// Signs the 32 bytes of `message` as they are. Gives the signature and the x-only public key that verifies it.
pub(crate) fn sign(key: &[u8], message: &[u8; 32], nonce: &[u8; 32]) -> Result<([u8; 64], [u8; 32]), BadKey> {
    let key = SigningKey::from_slice(key).map_err(|_| BadKey)?;
    let signature = key.sign_raw(message, nonce).map_err(|_| BadKey)?;
    Ok((signature.to_bytes(), key.verifying_key().to_bytes().into()))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;

    /// BIP-340's own test vectors: secret key, public key, auxiliary randomness, message, signature.
    const VECTORS: &str = include_str!("../../vectors/bip340.txt");

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        core::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| std::format!("{byte:02X}")).collect()
    }

    #[test]
    fn takes_the_keys_that_can_sign() {
        let near = |last| {
            let mut key = ORDER;
            key[31] = last;
            key
        };
        let keys = [[0; 32], [0xff; 32], [1; 32], ORDER, near(0x40), near(0x42)];
        for key in keys {
            assert_eq!(check_key(&key).is_ok(), sign(&key, &[1; 32], &[2; 32]).is_ok(), "{key:x?}");
        }
    }

    #[test]
    fn signs_like_bip340() {
        let mut checked = 0;
        for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
            let field: std::vec::Vec<&str> = line.split(' ').collect();
            let (signature, key) = sign(&bytes::<32>(field[0]), &bytes(field[3]), &bytes(field[2])).unwrap();
            assert_eq!(hex(&key), field[1]);
            assert_eq!(hex(&signature), field[4]);
            checked += 1;
        }
        assert_eq!(checked, 4);
    }
}
