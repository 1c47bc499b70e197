//! Compiles cnnc's runtime, which networks are linked with.
#[path = "src/build.rs"]
#[allow(dead_code)]
mod build;

use std::path::PathBuf;

fn main() {
    let runtime = match std::env::var_os("CNNC_RUNTIME") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
            // In cnnc's tree this crate lies within the runtime, installed beside it.
            [here.join(".."), here.join("../runtime")]
                .into_iter()
                .find(|folder| folder.join("cnn_pool.c").exists())
                .expect("cnnc's runtime is not beside this crate: set CNNC_RUNTIME to the folder with cnn.h and cnn.c")
        }
    };
    println!("cargo:rerun-if-env-changed=CNNC_RUNTIME");
    let sources: Vec<PathBuf> = ["cnn.c", "cnn_error.c", "cnn_identity.c", "cnn_pool.c", "cnn_weights.c"]
        .iter()
        .map(|name| runtime.join(name))
        .collect();
    build::archive("cnn", &sources, &["-D_POSIX_C_SOURCE=200809L"]).unwrap_or_else(|said| panic!("{said}"));
    println!("cargo:rustc-link-lib=m");
    println!("cargo:rustc-link-lib=pthread");
}
