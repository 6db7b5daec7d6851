//! The control: a target with a planted fault. Whoever runs the targets runs this one too, and expects the fault to be found.

/// Panics on inputs that chance alone would find once in 2^64: four bytes one after the other, which only coverage leads
/// to, and a number that only the comparison gives away.
pub fn run(bytes: &[u8]) {
    let Some((magic, rest)) = bytes.split_first_chunk::<4>() else { return };
    let mut matched = 0;
    for (byte, wanted) in magic.iter().zip(b"pi\xf1a") {
        if byte != wanted {
            break;
        }
        matched += 1;
    }
    if matched == 4 && rest.first_chunk().is_some_and(|number| u32::from_le_bytes(*number) == 0x7ab1_e5a7) {
        panic!("the planted fault");
    }
}
