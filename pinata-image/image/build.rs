//! How the image is linked. How its code is generated is in `../build.sh`, because a build script cannot say that.

fn main() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../link.ld");
    println!("cargo:rerun-if-changed={script}");
    for argument in [
        "-nostdlib",
        "-nostartfiles",
        "-static-pie",
        "-Wl,--no-dynamic-linker",
        "-Wl,-z,pack-relative-relocs",
        // Named by the standard library's own code, for unwinding that never happens.
        "-Wl,--defsym=rust_eh_personality=0",
        "-Wl,--build-id=none",
        "-Wl,-z,norelro",
    ] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
    println!("cargo:rustc-link-arg-bins=-Wl,-T,{script}");
}
