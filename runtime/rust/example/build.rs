//! Compiles LeNet-5 with its trained weights, and a network whose weights come in a file of their own.
use std::path::PathBuf;

fn main() {
    let examples = std::env::var_os("CNNC_EXAMPLES").map_or("../../../examples".into(), PathBuf::from);
    println!("cargo:rerun-if-env-changed=CNNC_EXAMPLES");
    cnnc::build::Network::new(examples.join("lenet5.cnn"))
        .weights(examples.join("digits/lenet5.safetensors"))
        .target("native")
        .compile();
    cnnc::build::Network::new(examples.join("lenet5.cnn")).name("packed").option("--init=he:1").option("--embed=no").compile();
}
