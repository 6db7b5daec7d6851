#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pinata_fuzz::handshake::run(bytes));
