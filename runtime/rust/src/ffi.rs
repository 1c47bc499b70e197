//! What generated code and the runtime share, as in `cnn.h`.
use std::ffi::{c_char, c_int, c_void};

pub const ABI: u32 = 2;

#[repr(C)]
pub struct Tensor {
    pub name: *const c_char,
    pub height: i32,
    pub width: i32,
    pub channels: i32,
    pub layout: i32,
    pub kind: i32,
    pub scale: f32,
    pub zero_point: i32,
}

#[repr(C)]
pub struct Model {
    pub abi: u32,
    pub name: *const c_char,
    pub plan_hash: u64,
    pub weight_bytes: u64,
    pub arena_bytes: u64,
    pub scratch_bytes: u64,
    pub weights: *const c_void,
    pub inputs: *const Tensor,
    pub outputs: *const Tensor,
    pub layers: *const c_void,
    pub input_count: i32,
    pub output_count: i32,
    pub layer_count: i32,
    pub run: Option<unsafe extern "C" fn(*const c_void, *const *const c_void, *const *mut c_void)>,
}

// Only constants of generated C have this type.
unsafe impl Sync for Model {}

#[repr(C)]
pub struct Error {
    pub code: c_int,
    pub message: [c_char; 256],
}

#[repr(C)]
pub struct Identity {
    pub name: *const c_char,
    pub version: *const c_char,
    pub plan_hash: u64,
    pub weights_hash: u64,
}

#[repr(C)]
pub struct Net {
    _private: [u8; 0],
}

extern "C" {
    pub fn cnn_open(model: *const Model, path: *const c_char, threads: c_int, error: *mut Error) -> *mut Net;
    pub fn cnn_open_memory(model: *const Model, weights: *const c_void, bytes: usize, threads: c_int,
                           error: *mut Error) -> *mut Net;
    pub fn cnn_run_many(net: *mut Net, inputs: *const *const c_void, outputs: *const *mut c_void);
    pub fn cnn_reload(net: *mut Net, path: *const c_char, error: *mut Error) -> c_int;
    pub fn cnn_reload_memory(net: *mut Net, weights: *const c_void, bytes: usize, error: *mut Error) -> c_int;
    pub fn cnn_identify(net: *mut Net, identity: *mut Identity);
    pub fn cnn_close(net: *mut Net);
}
