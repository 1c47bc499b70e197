//! Convolutional networks that cnnc compiled to C, called from Rust.
//!
//! A build script compiles the network ([`build::Network`]), [`include_network!`] makes a module of it, and [`Net`]
//! runs it:
//!
//! ```ignore
//! cnnc::include_network!("lenet5");
//!
//! let mut net = cnnc::Net::open(lenet5::model(), lenet5::WEIGHTS, 1)?;
//! let scores: Vec<f32> = net.run_one(&image)?;
//! ```
//!
//! No crate is needed but this one; the C compiler is.

pub mod build;
#[doc(hidden)]
pub mod ffi;

use std::ffi::{c_char, c_int, c_void, CStr, CString};
use std::fmt;
use std::path::Path;
use std::ptr;

/// Includes the module that the build script made of a network, by its name.
#[macro_export]
macro_rules! include_network {
    ($name:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $name, ".rs"));
    };
}

/// Why something failed: `code` is one of `enum cnn_code` in `cnn.h`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub code: i32,
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

const ERROR_ARGUMENT: i32 = 1;

fn argument(message: String) -> Error {
    Error { code: ERROR_ARGUMENT, message }
}

/// The numbers of an input or output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    F32,
    U8,
    I8,
    I32,
}

/// Numbers that a network can take and give.
///
/// # Safety
/// `TYPE` must be what the numbers are.
pub unsafe trait Number: Copy + Default {
    const TYPE: Type;
}
unsafe impl Number for f32 {
    const TYPE: Type = Type::F32;
}
unsafe impl Number for u8 {
    const TYPE: Type = Type::U8;
}
unsafe impl Number for i8 {
    const TYPE: Type = Type::I8;
}
unsafe impl Number for i32 {
    const TYPE: Type = Type::I32;
}

/// An input or output: a dense array, by channels, rows, columns, or (`hwc`) by rows, columns, channels.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub name: String,
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub hwc: bool,
    pub kind: Type,
    /// Of integers that mean `scale * (number - zero_point)`; otherwise 0.
    pub scale: f32,
    pub zero_point: i32,
}

impl Tensor {
    /// How many numbers.
    pub fn len(&self) -> usize {
        self.height * self.width * self.channels
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn check(&self, kind: Type, len: usize, images: usize) -> Result<(), Error> {
        if kind != self.kind || len != images * self.len() {
            let of_all = if images > 1 { format!("{images} times ") } else { String::new() };
            return Err(argument(format!(
                "{}: {len} numbers of type {kind:?}, but it has {of_all}{} ({}x{}x{}) of type {:?}",
                self.name, self.len(), self.height, self.width, self.channels, self.kind
            )));
        }
        Ok(())
    }
}

/// A compiled network.
#[derive(Clone, Copy)]
pub struct Model(&'static ffi::Model);

unsafe fn text(pointer: *const c_char) -> String {
    CStr::from_ptr(pointer).to_string_lossy().into_owned()
}

impl Model {
    /// # Safety
    /// The model must be one that cnnc generated: what it points to is read, and its code is run.
    pub unsafe fn from_raw(model: &'static ffi::Model) -> Self {
        Model(model)
    }

    pub fn name(&self) -> String {
        unsafe { text(self.0.name) }
    }

    /// Of what it computes and how its weights are packed; a `.cnnw` file fits if it has the same.
    pub fn plan_hash(&self) -> u64 {
        self.0.plan_hash
    }

    /// How many images a call takes, one behind the other, and results it gives: the N of `--batch=N`, or 1.
    pub fn batch(&self) -> usize {
        (self.0.abi >> 16) as usize + 1
    }

    pub fn inputs(&self) -> Vec<Tensor> {
        unsafe { tensors(self.0.inputs, self.0.input_count) }
    }

    pub fn outputs(&self) -> Vec<Tensor> {
        unsafe { tensors(self.0.outputs, self.0.output_count) }
    }
}

unsafe fn tensors(first: *const ffi::Tensor, count: i32) -> Vec<Tensor> {
    let rows = std::slice::from_raw_parts(first, count as usize);
    rows.iter()
        .map(|row| Tensor {
            name: text(row.name),
            height: row.height as usize,
            width: row.width as usize,
            channels: row.channels as usize,
            hwc: row.layout == 1,
            kind: [Type::F32, Type::U8, Type::I8, Type::I32][row.kind as usize],
            scale: row.scale,
            zero_point: row.zero_point,
        })
        .collect()
}

/// An array that goes in.
pub struct Input<'a>(Type, usize, *const c_void, std::marker::PhantomData<&'a ()>);
/// An array that takes a result.
pub struct Output<'a>(Type, usize, *mut c_void, std::marker::PhantomData<&'a mut ()>);

impl<'a, T: Number> From<&'a [T]> for Input<'a> {
    fn from(numbers: &'a [T]) -> Self {
        Input(T::TYPE, numbers.len(), numbers.as_ptr().cast(), std::marker::PhantomData)
    }
}

impl<'a, T: Number> From<&'a mut [T]> for Output<'a> {
    fn from(numbers: &'a mut [T]) -> Self {
        Output(T::TYPE, numbers.len(), numbers.as_mut_ptr().cast(), std::marker::PhantomData)
    }
}

/// An open network: its weights, memory and threads. For calls at once, open it several times: the weights of a file
/// are still in memory only once.
pub struct Net {
    net: *mut ffi::Net,
    model: Model,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    /// Weights in memory that the runtime reads.
    kept: Option<Box<[u8]>>,
}

// It has no ties to the thread that opened it; calls need it exclusively.
unsafe impl Send for Net {}

fn fresh() -> ffi::Error {
    ffi::Error { code: 0, message: [0; 256] }
}

fn failure(error: &ffi::Error) -> Error {
    Error { code: error.code, message: unsafe { text(error.message.as_ptr()) } }
}

#[cfg(unix)]
fn c_path(path: &Path) -> Result<CString, Error> {
    use std::os::unix::ffi::OsStrExt;
    CString::new(path.as_os_str().as_bytes()).map_err(|_| argument("a path with a zero byte".to_string()))
}

impl Net {
    /// `weights`: a `.cnnw` file, or `None` for those in the code. `threads`: how many share a call; the result does
    /// not depend on it.
    pub fn open<P: AsRef<Path>>(model: Model, weights: Option<P>, threads: usize) -> Result<Net, Error> {
        let path = weights.map(|path| c_path(path.as_ref())).transpose()?;
        let at = path.as_ref().map_or(ptr::null(), |path| path.as_ptr());
        let mut error = fresh();
        let net = unsafe { ffi::cnn_open(model.0, at, count(threads), &mut error) };
        Net::of(net, model, None, &error)
    }

    /// With the bytes of a `.cnnw` file.
    pub fn open_memory(model: Model, weights: impl Into<Box<[u8]>>, threads: usize) -> Result<Net, Error> {
        let kept: Box<[u8]> = weights.into();
        let mut error = fresh();
        let net =
            unsafe { ffi::cnn_open_memory(model.0, kept.as_ptr().cast(), kept.len(), count(threads), &mut error) };
        Net::of(net, model, Some(kept), &error)
    }

    fn of(net: *mut ffi::Net, model: Model, kept: Option<Box<[u8]>>, error: &ffi::Error) -> Result<Net, Error> {
        if net.is_null() {
            return Err(failure(error));
        }
        Ok(Net { net, model, inputs: model.inputs(), outputs: model.outputs(), kept })
    }

    pub fn model(&self) -> Model {
        self.model
    }

    /// Runs the network on its inputs, in their order. Types and lengths are checked.
    pub fn run(&mut self, inputs: &[Input<'_>], outputs: &mut [Output<'_>]) -> Result<(), Error> {
        if inputs.len() != self.inputs.len() || outputs.len() != self.outputs.len() {
            return Err(argument(format!(
                "{}: {} inputs and {} outputs, but it has {} and {}",
                self.model.name(), inputs.len(), outputs.len(), self.inputs.len(), self.outputs.len()
            )));
        }
        for (array, tensor) in inputs.iter().zip(&self.inputs) {
            tensor.check(array.0, array.1, self.model.batch())?;
        }
        for (array, tensor) in outputs.iter().zip(&self.outputs) {
            tensor.check(array.0, array.1, self.model.batch())?;
        }
        let from: Vec<*const c_void> = inputs.iter().map(|array| array.2).collect();
        let to: Vec<*mut c_void> = outputs.iter().map(|array| array.2).collect();
        unsafe { ffi::cnn_run_many(self.net, from.as_ptr(), to.as_ptr()) };
        Ok(())
    }

    /// One input, one output.
    pub fn run_one<T: Number, R: Number>(&mut self, input: &[T]) -> Result<Vec<R>, Error> {
        let mut result = vec![R::default(); self.model.batch() * self.outputs.first().map_or(0, Tensor::len)];
        self.run(&[input.into()], &mut [result.as_mut_slice().into()])?;
        Ok(result)
    }

    /// Swaps the weights for those of a `.cnnw` file, or (`None`) those in the code. If they are wrong, the network
    /// keeps what it has.
    pub fn reload<P: AsRef<Path>>(&mut self, weights: Option<P>) -> Result<(), Error> {
        let path = weights.map(|path| c_path(path.as_ref())).transpose()?;
        let at = path.as_ref().map_or(ptr::null(), |path| path.as_ptr());
        let mut error = fresh();
        if unsafe { ffi::cnn_reload(self.net, at, &mut error) } != 0 {
            return Err(failure(&error));
        }
        self.identify(); // takes them into use: the earlier ones may go
        self.kept = None;
        Ok(())
    }

    /// The same with the bytes of such a file.
    pub fn reload_memory(&mut self, weights: impl Into<Box<[u8]>>) -> Result<(), Error> {
        let kept: Box<[u8]> = weights.into();
        let mut error = fresh();
        if unsafe { ffi::cnn_reload_memory(self.net, kept.as_ptr().cast(), kept.len(), &mut error) } != 0 {
            return Err(failure(&error));
        }
        self.identify();
        self.kept = Some(kept);
        Ok(())
    }

    /// Of the weights in use; 0 if there are none.
    pub fn weights_hash(&mut self) -> u64 {
        self.identify().weights_hash
    }

    fn identify(&mut self) -> ffi::Identity {
        let mut identity = ffi::Identity { name: ptr::null(), version: ptr::null(), plan_hash: 0, weights_hash: 0 };
        unsafe { ffi::cnn_identify(self.net, &mut identity) };
        identity
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        unsafe { ffi::cnn_close(self.net) }
    }
}

/// What does not fit is refused by the runtime.
fn count(threads: usize) -> c_int {
    c_int::try_from(threads).unwrap_or(c_int::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_is_that_of_the_header() {
        let header = concat!(env!("CARGO_MANIFEST_DIR"), "/../cnn.h");
        let text = std::fs::read_to_string(header).unwrap();
        assert!(text.contains(&format!("#define CNN_ABI {}\n", ffi::ABI)));
        assert!(text.contains(&format!("#define CNN_VERSION \"{}\"\n", env!("CARGO_PKG_VERSION"))));
    }

    #[test]
    fn tensors_say_what_does_not_fit() {
        let tensor = Tensor { name: "image".into(), height: 2, width: 3, channels: 1, hwc: false, kind: Type::U8,
                              scale: 0.0, zero_point: 0 };
        assert!(tensor.check(Type::U8, 6, 1).is_ok() && !tensor.is_empty());
        let said = tensor.check(Type::F32, 6, 1).unwrap_err().to_string();
        assert_eq!(said, "image: 6 numbers of type F32, but it has 6 (2x3x1) of type U8");
    }
}
