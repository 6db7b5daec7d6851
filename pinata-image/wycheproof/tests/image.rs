//! That the shipped image is built without what these tests put into the generator.
use std::process::Command;

#[test]
fn the_image_has_no_scripted_generator() {
    let features = |package: &str| {
        let tree =
            ["tree", "--locked", "--offline", "--edges", "normal,features", "--prefix", "none", "--package", package];
        let output = Command::new(env!("CARGO")).args(tree).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        let output = output.expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let scripted = "pinata-entropy feature \"scripted\"";
    assert!(features("pinata-wycheproof").contains(scripted), "the name of the feature is another one");
    let image = features("pinata-image-kernel");
    assert!(image.contains("pinata-entropy v") && !image.contains(scripted));
}
