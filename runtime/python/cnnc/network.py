"""A network in a shared library that `cnnc --emit=so` wrote, as a function of NumPy arrays."""
from __future__ import annotations

import ctypes
import json
import os
import tempfile
import threading
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy

from .symbols import network_name
from .tensor import Tensor

Path = Union[str, "os.PathLike[str]"]
Weights = Union[Path, bytes, bytearray, memoryview]
Result = Union[numpy.ndarray, Dict[str, numpy.ndarray]]


class Error(RuntimeError):
    """A network cannot be opened, or its weights cannot be used."""


class _CError(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("message", ctypes.c_char * 256)]

    def text(self) -> str:
        return self.message.decode("utf-8", "replace")


_Array = numpy.ndarray
_byte_at, _addressof = ctypes.c_char.from_buffer, ctypes.addressof  # a third of the time of __array_interface__
_SMALL = 4096  # numbers of a result that is copied rather than written in place
_POINTER, _SIZE, _INT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
_ERROR = ctypes.POINTER(_CError)
# Name, result, arguments: as in the header beside the library.
_FUNCTIONS = [
    ("open", _POINTER, [ctypes.c_char_p, _INT, _ERROR]),
    ("open_memory", _POINTER, [_POINTER, _SIZE, _INT, _ERROR]),
    ("call", None, [_POINTER, _POINTER, _POINTER]),
    ("batch", None, [_POINTER, _SIZE, _POINTER, _POINTER]),
    ("reload", _INT, [_POINTER, ctypes.c_char_p, _ERROR]),
    ("reload_memory", _INT, [_POINTER, _POINTER, _SIZE, _ERROR]),
    ("weights_hash", ctypes.c_uint64, [_POINTER]),
    ("close", None, [_POINTER]),
]


class _Library:
    """The functions of a network in a shared library."""

    def __init__(self, path: str, name: Optional[str]) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="cnnc-") as folder:  # the loader knows files by their names
                fresh = os.path.join(folder, "network.so")
                os.symlink(path, fresh)
                self.library = ctypes.CDLL(fresh)
        except OSError as error:
            raise Error(f"{path} cannot be loaded: {str(error).replace(fresh, path)}") from None
        self.prefix = self._prefix(path, name)
        describe = self._function("describe")
        describe.restype = ctypes.c_char_p
        describe.argtypes = []
        self.description: Dict[str, Any] = json.loads(describe())
        self.functions = {}
        for function, result, arguments in _FUNCTIONS:
            found = self._function(function)
            found.restype, found.argtypes = result, arguments
            self.functions[function] = found

    def _function(self, name: str) -> Any:
        return getattr(self.library, f"{self.prefix}_{name}")

    def _prefix(self, path: str, name: Optional[str]) -> str:
        stem = os.path.splitext(os.path.basename(path))[0]
        for prefix in [name] if name else [stem, network_name(path)]:
            if prefix and hasattr(self.library, f"{prefix}_describe"):
                return prefix
        what = f"no network called {name}" if name else "no network whose name could be found (name= says it)"
        raise Error(f"{path} holds {what}: `cnnc --emit=so` writes such libraries")


def _address(array: numpy.ndarray) -> int:
    return array.__array_interface__["data"][0]


class Network:
    """A network, its weights, its memory and its threads. Call it with an array for each input.

    One call runs at a time: calls from several Python threads wait for each other. For calls at once, load() the
    library once for each thread; the weights of a .cnnw file are still in memory only once."""

    def __init__(self, path: Path, weights: Optional[Weights] = None, threads: int = 1,
                 name: Optional[str] = None) -> None:
        self._handle = None
        place = os.path.abspath(os.fspath(path))
        library = _Library(place, name)
        self.description = library.description
        self.path = place
        self.name: str = self.description["name"]
        self.version: str = self.description["cnnc"]
        self.plan_hash: str = self.description["plan_hash"]
        self.target: str = self.description["target"]
        self.inputs: Tuple[Tensor, ...] = tuple(map(Tensor.from_description, self.description["inputs"]))
        self.outputs: Tuple[Tensor, ...] = tuple(map(Tensor.from_description, self.description["outputs"]))
        self.batch: int = self.description.get("batch", 1)  # images of a call of the library
        self.threads = threads
        self._functions = library.functions
        self._lock = threading.Lock()
        self._stays = threading.Lock()  # held while weights are replaced: calls go on, close() waits
        self._kept: List[Any] = []  # weights in memory that the library may still read
        self._in = (_POINTER * len(self.inputs))()
        self._out = (_POINTER * len(self.outputs))()
        self._in_address, self._out_address = ctypes.addressof(self._in), ctypes.addressof(self._out)
        self._names = {tensor.name: i for i, tensor in enumerate(self.inputs)}
        self._single = len(self.inputs) == 1 and len(self.outputs) == 1
        self._call, self._batch = self._functions["call"], self._functions["batch"]
        self._open(weights if weights is not None else self._beside(), threads)
        self._prepare_short_way()

    def _prepare_short_way(self) -> None:
        """For one image in, one small result out: everything but the address of the image is ready before the call. The
        result is copied out of an array that stays."""
        self._short = self._single and self.outputs[0].size <= _SMALL and self.batch == 1
        self._shapes, self._dtype = (self.inputs[0].full_shape, self.inputs[0].shape), self.inputs[0].dtype
        self._one_in, self._one_out = (_POINTER * 1)(), (_POINTER * 1)()
        if self._short:
            self._y = numpy.empty(self.outputs[0].shape, self.outputs[0].dtype)
            self._one_out[0] = _address(self._y)
        self._short_words = (ctypes.addressof(self._one_in), ctypes.addressof(self._one_out))

    def _beside(self) -> Optional[str]:
        """The .cnnw file beside the library, if the weights are not inside."""
        about = self.description["weights"]
        if about["embedded"] or not about["bytes"]:
            return None
        return os.path.splitext(self.path)[0] + ".cnnw"

    def _open(self, weights: Optional[Weights], threads: int) -> None:
        error = _CError()
        if weights is None or isinstance(weights, (str, os.PathLike)):
            path = None if weights is None else os.fsencode(weights)
            handle = self._functions["open"](path, threads, error)
        else:
            block = numpy.frombuffer(weights, numpy.uint8)
            handle = self._functions["open_memory"](_address(block), block.size, threads, error)
            self._kept = [block]
        if not handle:
            raise Error(error.text())
        self._handle = handle

    # ---- calls ----

    def __call__(self, *arrays: Any, out: Optional[Any] = None, **named: Any) -> Result:
        """Runs the network on one image, or on a batch: arrays with one more axis in front. Inputs in their order, or
        by their names. Returns the output, or with several outputs a dict of them by name; `out` is an array, or such a
        dict, that takes the result. Dense arrays of the right type are read and written where they are."""
        if self._short and out is None and not named and len(arrays) == 1:
            x = arrays[0]
            if type(x) is _Array and x.shape in self._shapes and x.dtype == self._dtype and x.flags.carray:
                address = _addressof(_byte_at(x))
                with self._lock:
                    self._need_open()
                    self._one_in[0] = address
                    self._call(self._handle, *self._short_words)
                    return self._y.copy()
        inputs, count = self._gather(arrays, named)
        outputs = self._results(out, count)
        if out is not None and any(numpy.may_share_memory(a, b) for i, b in enumerate(outputs)
                                   for a in [*inputs, *outputs[:i]]):
            raise ValueError(f"{self.name}: out= shares memory with an input or another output")
        with self._lock:
            self._need_open()
            if 0 < abs(count) < self.batch:
                self._run_padded(inputs, outputs, abs(count))
            else:
                self._run(inputs, outputs, abs(count))
        if len(self.outputs) == 1:
            return outputs[0]
        return {tensor.name: array for tensor, array in zip(self.outputs, outputs)}

    def _run(self, inputs: Sequence[numpy.ndarray], outputs: Sequence[numpy.ndarray], count: int) -> None:
        for i, array in enumerate(inputs):
            self._in[i] = _address(array)
        for i, array in enumerate(outputs):
            self._out[i] = _address(array)
        self._batch(self._handle, count, self._in_address, self._out_address)

    def _run_padded(self, inputs: Sequence[numpy.ndarray], outputs: Sequence[numpy.ndarray], count: int) -> None:
        """Fewer images than a call takes: the others are zeros."""
        more = [numpy.zeros((self.batch, *tensor.shape), tensor.dtype) for tensor in self.inputs]
        results = [numpy.empty((self.batch, *tensor.shape), tensor.dtype) for tensor in self.outputs]
        for array, given in zip(more, inputs):
            array[:count] = given.reshape(array[:count].shape)
        self._run(more, results, self.batch)
        for array, found in zip(outputs, results):
            array[...] = found[:count].reshape(array.shape)

    def _gather(self, arrays: Sequence[Any], named: Dict[str, Any]) -> Tuple[List[numpy.ndarray], int]:
        given: List[Any] = [None] * len(self.inputs)
        if len(arrays) > len(self.inputs):
            raise TypeError(f"{self.name} has {len(self.inputs)} inputs, not {len(arrays)}: {self._list(self.inputs)}")
        given[:len(arrays)] = arrays
        for name, array in named.items():
            at = self._names.get(name)
            if at is None:
                raise TypeError(f"{self.name} has no input called {name}: {self._list(self.inputs)}")
            if given[at] is not None:
                raise TypeError(f"{self.name}: the input {name} is given twice")
            given[at] = array
        missing = [tensor for tensor, array in zip(self.inputs, given) if array is None]
        if missing:
            raise TypeError(f"{self.name} needs {self._list(missing)}, too")
        fitted = [tensor.fit(array) for tensor, array in zip(self.inputs, given)]
        counts = {count for _, count in fitted}
        if len(counts) > 1:
            said = ", ".join(f"{t.name}: {'one' if n < 0 else n}" for t, (_, n) in zip(self.inputs, fitted))
            raise ValueError(f"{self.name}: the inputs have different numbers of images ({said})")
        return [array for array, _ in fitted], counts.pop()

    def _results(self, out: Optional[Any], count: int) -> List[numpy.ndarray]:
        if out is None:
            return [numpy.empty(self._result_shape(tensor, count), tensor.dtype) for tensor in self.outputs]
        found = []
        for tensor in self.outputs:
            array = out.get(tensor.name) if isinstance(out, dict) else out
            if len(self.outputs) > 1 and not isinstance(out, dict):
                raise TypeError(f"{self.name} has several outputs: out= must be a dict of arrays by name: "
                                f"{self._list(self.outputs)}")
            wanted = self._result_shape(tensor, count)
            right = isinstance(array, numpy.ndarray) and array.dtype == tensor.dtype and array.flags.carray \
                and array.shape == wanted
            if not right:
                raise ValueError(f"{tensor}: out must be a writable, C-contiguous array of {tensor.dtype} with shape "
                                 f"{wanted}")
            found.append(array)
        return found

    @staticmethod
    def _result_shape(tensor: Tensor, count: int) -> Tuple[int, ...]:
        return tensor.shape if count < 0 else (count,) + tensor.shape

    @staticmethod
    def _list(tensors: Sequence[Tensor]) -> str:
        return ", ".join(map(str, tensors))

    # ---- weights, and the end ----

    @property
    def weights_hash(self) -> str:
        """Of the weights in use: the checksum of their .cnnw file."""
        with self._lock:
            self._need_open()
            return f"{self._functions['weights_hash'](self._handle):016x}"

    def reload(self, weights: Optional[Weights] = None) -> None:
        """Swaps the weights for those of a .cnnw file, of its bytes, or (None) those inside the library. A call that
        runs meanwhile ends with the earlier ones. If the new ones are wrong, Error says why, and the earlier ones
        stay."""
        error = _CError()
        if weights is None or isinstance(weights, (str, os.PathLike)):
            path = None if weights is None else os.fsencode(weights)
            with self._stays:
                self._need_open()
                failed = self._functions["reload"](self._handle, path, error)
        else:
            block = numpy.frombuffer(weights, numpy.uint8)
            with self._lock:
                self._need_open()
                failed = self._functions["reload_memory"](self._handle, _address(block), block.size, error)
                if not failed:
                    self._functions["weights_hash"](self._handle)  # takes them into use: the earlier ones may go
                    self._kept = [block]
        if failed:
            raise Error(error.text())

    def close(self) -> None:
        """Gives memory and threads back; the network cannot be called afterwards."""
        with self._stays, self._lock:
            handle, self._handle = self._handle, None
            if handle:
                self._functions["close"](handle)
                self._kept = []

    def _need_open(self) -> None:
        if not self._handle:
            raise Error(f"{self.name} is closed")

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def __repr__(self) -> str:
        return f"<cnnc.Network {self.name}: {self._list(self.inputs)} -> {self._list(self.outputs)}>"


def load(path: Path, weights: Optional[Weights] = None, *, threads: int = 1, name: Optional[str] = None) -> Network:
    """Loads a shared library that `cnnc --emit=so` wrote. weights: a .cnnw file or its bytes; without them those inside
    the library, or the .cnnw file beside it. name: what the library's functions begin with, if it cannot be found."""
    return Network(path, weights, threads, name)
