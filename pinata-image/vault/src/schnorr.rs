//! BIP-340 by `k256`.

use k256::schnorr::SigningKey;

/// Zero, or not below the group's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

/// The x-only public key of a secret key.
pub fn x_only(key: &[u8; 32]) -> Result<[u8; 32], BadKey> {
    let key = SigningKey::from_slice(key).map_err(|_| BadKey)?;
    Ok(key.verifying_key().to_bytes().into())
}

/// Signs the 32 bytes of `message` as they are.
pub(crate) fn sign(key: &[u8], message: &[u8; 32], nonce: &[u8; 32]) -> Result<[u8; 64], BadKey> {
    let key = SigningKey::from_slice(key).map_err(|_| BadKey)?;
    let signature = key.sign_raw(message, nonce).map_err(|_| BadKey)?;
    Ok(signature.to_bytes())
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
    fn signs_like_bip340() {
        let mut checked = 0;
        for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
            let field: std::vec::Vec<&str> = line.split(' ').collect();
            assert_eq!(hex(&x_only(&bytes(field[0])).unwrap()), field[1]);
            let signature = sign(&bytes::<32>(field[0]), &bytes(field[3]), &bytes(field[2])).unwrap();
            assert_eq!(hex(&signature), field[4]);
            checked += 1;
        }
        assert_eq!(checked, 4);
    }
}
