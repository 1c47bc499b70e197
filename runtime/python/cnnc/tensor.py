"""What a network takes and gives: the shape and type of each input and output, and arrays that fit them."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Tuple

import numpy

_TYPES = {"f32": numpy.float32, "u8": numpy.uint8, "s8": numpy.int8, "s32": numpy.int32}


@dataclass(frozen=True)
class Tensor:
    """An input or output of a network. `shape` is that of an array for one image: (channels, height, width), or
    (height, width, channels) if `layout` is "hwc"; (channels,) where there is a single pixel. Of integers with a scale,
    a number means scale * (number - zero_point)."""
    name: str
    height: int
    width: int
    channels: int
    layout: str
    dtype: numpy.dtype
    scale: float
    zero_point: int
    shape: Tuple[int, ...] = field(init=False)
    full_shape: Tuple[int, ...] = field(init=False)  # always of three numbers
    size: int = field(init=False)

    def __post_init__(self) -> None:
        full = (self.channels, self.height, self.width) if self.layout == "chw" else \
            (self.height, self.width, self.channels)
        flat = self.height == self.width == 1
        object.__setattr__(self, "full_shape", full)
        object.__setattr__(self, "shape", (self.channels,) if flat else full)
        object.__setattr__(self, "size", self.height * self.width * self.channels)

    @classmethod
    def from_description(cls, row: dict) -> "Tensor":
        return cls(row["name"], row["height"], row["width"], row["channels"], row["layout"],
                   numpy.dtype(_TYPES[row["type"]]), row["scale"], row["zero_point"])

    def quantize(self, values: Any) -> numpy.ndarray:
        """Integers of this tensor that mean the real numbers `values`, as nearly as they can."""
        self._need_scale()
        limits = numpy.iinfo(self.dtype)
        steps = numpy.rint(numpy.asarray(values, numpy.float64) / self.scale) + self.zero_point
        return numpy.clip(steps, limits.min, limits.max).astype(self.dtype)

    def dequantize(self, numbers: Any) -> numpy.ndarray:
        """The real numbers that integers of this tensor mean."""
        self._need_scale()
        return ((numpy.asarray(numbers, numpy.float32) - numpy.float32(self.zero_point)) *
                numpy.float32(self.scale))

    def _need_scale(self) -> None:
        if not self.scale:
            raise ValueError(f"{self}: its numbers have no scale; they mean themselves")

    def fit(self, array: Any) -> Tuple[numpy.ndarray, int]:
        """The array as a dense one of this tensor's type, the same one if it is that already, and the number of its
        images; -1 for one image without an axis for it."""
        found = numpy.asarray(array)
        count = self._count(found.shape)
        if found.dtype != self.dtype:
            found = self._converted(found)
        return numpy.require(found, requirements=["C", "A"]), count

    def _count(self, shape: Tuple[int, ...]) -> int:
        for one in (self.shape, self.full_shape, self._plane()):
            if one and shape == one:
                return -1
            if one and len(shape) == len(one) + 1 and shape[1:] == one:
                return shape[0]
        raise ValueError(f"{self}: the array has shape {shape}; it must be {self.shape}, or (images, "
                         f"{', '.join(map(str, self.shape))}) for a batch{self._hint(shape)}")

    def _plane(self) -> Tuple[int, ...]:
        """An image of one channel needs no axis for it."""
        return (self.height, self.width) if self.channels == 1 and self.height * self.width > 1 else ()

    def _hint(self, shape: Tuple[int, ...]) -> str:
        last = shape[-3:]
        if len(last) == 3 and self.layout == "chw" and last == (self.height, self.width, self.channels):
            return "; this one is height, width, channels: move the last axis to the front, numpy.moveaxis(x, -1, -3)"
        if len(last) == 3 and self.layout == "hwc" and last == (self.channels, self.height, self.width):
            return "; this one is channels, height, width: move the channels to the end, numpy.moveaxis(x, -3, -1)"
        return ""

    def _converted(self, found: numpy.ndarray) -> numpy.ndarray:
        if self.dtype == numpy.float32 and found.dtype.kind in "fiub":
            return found.astype(numpy.float32)
        if self.dtype.byteorder in "=|" and found.dtype == self.dtype.newbyteorder():
            return found.astype(self.dtype)
        way = "quantize() of this tensor converts real numbers" if self.scale else \
            f"x.astype(numpy.{self.dtype.name}) converts them"
        raise TypeError(f"{self}: the array holds {found.dtype}, not {self.dtype}; {way}")

    def __str__(self) -> str:
        return f"{self.name} ({'x'.join(map(str, self.shape))} {self.dtype.name})"
