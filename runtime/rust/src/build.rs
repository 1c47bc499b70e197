//! For build scripts: runs cnnc and the C compiler.
//!
//! ```no_run
//! // build.rs, with cnnc among the [build-dependencies]
//! cnnc::build::Network::new("lenet5.cnn").weights("lenet5.safetensors").compile();
//! ```
//!
//! `$CNNC` names cnnc (otherwise it is looked up in `$PATH`), `$CC` the C compiler, `$AR` the archiver.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A network to compile.
pub struct Network {
    network: PathBuf,
    weights: Option<PathBuf>,
    target: OsString,
    name: Option<String>,
    options: Vec<OsString>,
}

impl Network {
    /// A `.cnn` text, an `.onnx` or a `.tflite` model.
    pub fn new(network: impl AsRef<Path>) -> Self {
        Network {
            network: network.as_ref().to_path_buf(),
            weights: None,
            target: "c99".into(),
            name: None,
            options: Vec::new(),
        }
    }

    /// A `.safetensors`, `.npz` or `.npy` file.
    pub fn weights(mut self, weights: impl AsRef<Path>) -> Self {
        self.weights = Some(weights.as_ref().to_path_buf());
        self
    }

    /// What `--target` takes; otherwise `c99`, which runs everywhere. `native` is the machine that compiles.
    pub fn target(mut self, target: impl AsRef<OsStr>) -> Self {
        self.target = target.as_ref().to_os_string();
        self
    }

    /// What the module is called; otherwise the file's name.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_string());
        self
    }

    /// A further option of cnnc.
    pub fn option(mut self, option: impl AsRef<OsStr>) -> Self {
        self.options.push(option.as_ref().to_os_string());
        self
    }

    /// Compiles it; [`include_network!`](crate::include_network) then makes a module of it. What is wrong ends the
    /// build with cnnc's message.
    pub fn compile(self) {
        if let Err(said) = self.try_compile() {
            panic!("{said}");
        }
    }

    fn try_compile(self) -> Result<(), String> {
        let stem = self.network.file_stem().and_then(OsStr::to_str).unwrap_or("net");
        let name = self.name.unwrap_or_else(|| identifier(stem));
        let folder = out_folder()?;
        let source = folder.join(format!("{name}.c"));
        let packed = folder.join(format!("{name}.cnnw"));
        let _ = std::fs::remove_file(&packed);
        let mut command = Command::new(std::env::var_os("CNNC").unwrap_or_else(|| "cnnc".into()));
        command.arg(prefixed("--target=", &self.target)).arg(format!("--name={name}")).args(&self.options);
        println!("cargo:rerun-if-env-changed=CNNC");
        println!("cargo:rerun-if-changed={}", self.network.display());
        if let Some(weights) = &self.weights {
            println!("cargo:rerun-if-changed={}", weights.display());
            command.arg(prefixed("--weights=", weights.as_os_str()));
        }
        run(command.arg("-o").arg(&source).arg("--").arg(&self.network))?;
        archive(&format!("cnnc_{name}"), &[source], &[])?;
        println!("cargo:rustc-link-lib=m");
        let module = module(&name, packed.exists().then_some(&packed));
        std::fs::write(folder.join(format!("{name}.rs")), module).map_err(|error| error.to_string())
    }
}

fn prefixed(prefix: &str, value: &OsStr) -> OsString {
    let mut word = OsString::from(prefix);
    word.push(value);
    word
}

/// Letters, digits and `_`, as in C.
fn identifier(stem: &str) -> String {
    let word: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        format!("net_{word}")
    } else {
        word
    }
}

/// What `include_network!` includes. cnnc wrote the model: its pointers and counts are right, and it never changes.
const MODULE: &str = r#"
#[allow(non_snake_case)]
pub mod @name@ {
    extern "C" {
        #[allow(non_upper_case_globals)]
        static @name@_model: ::cnnc::ffi::Model;
    }
    /// The network.
    pub fn model() -> ::cnnc::Model {
        unsafe { ::cnnc::Model::from_raw(&@name@_model) }
    }
    /// Where the build put the weights that are not in the code.
    pub const WEIGHTS: Option<&str> = @weights@;
}
"#;

fn module(name: &str, packed: Option<&PathBuf>) -> String {
    let place = packed.map_or("None".into(), |path| format!("Some({:?})", path.display().to_string()));
    MODULE.replace("@weights@", &place).replace("@name@", name)
}

fn out_folder() -> Result<PathBuf, String> {
    std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or("OUT_DIR is not set: this is for build scripts".to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let done = command.output().map_err(|error| format!("{:?} cannot be run: {error}", command.get_program()))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("{:?} ended with {}:\n{said}", command.get_program(), done.status))
}

/// A command of the environment with its first options, such as `ccache gcc`.
fn tool(variable: &str, otherwise: &str) -> Command {
    println!("cargo:rerun-if-env-changed={variable}");
    let words = std::env::var(variable).unwrap_or_default();
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(otherwise));
    command.args(words);
    command
}

/// Compiles C to `libNAME.a` in the build's folder, and has it linked.
pub(crate) fn archive(name: &str, sources: &[PathBuf], options: &[&str]) -> Result<(), String> {
    let folder = out_folder()?;
    let mut objects = Vec::new();
    for source in sources {
        if !source.starts_with(&folder) {
            println!("cargo:rerun-if-changed={}", source.display()); // what the script wrote is always newer
        }
        let stem = source.file_stem().and_then(OsStr::to_str).unwrap_or("source");
        let object = folder.join(format!("{stem}.o"));
        run(tool("CC", "cc").args(["-O2", "-w", "-fPIC", "-DNDEBUG"]).args(options).arg("-c").arg("-o").arg(&object)
            .arg(source))?;
        objects.push(object);
    }
    let library = folder.join(format!("lib{name}.a"));
    let _ = std::fs::remove_file(&library);
    run(tool("AR", "ar").arg("rcs").arg(&library).args(&objects))?;
    println!("cargo:rustc-link-search=native={}", folder.display());
    println!("cargo:rustc-link-lib=static={name}");
    Ok(())
}
