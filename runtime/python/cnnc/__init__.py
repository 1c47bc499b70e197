"""Convolutional networks, compiled to C by cnnc, as functions of NumPy arrays.

    import cnnc
    net = cnnc.compile("lenet5.cnn", weights="lenet5.safetensors")    # runs cnnc and the C compiler
    net = cnnc.load("lenet5.so")                                      # or loads what `cnnc --emit=so` wrote
    scores = net(image)                                               # one image, or a batch of them
"""
from .build import CompileError, compile
from .network import Error, Network, load
from .tensor import Tensor

__all__ = ["CompileError", "Error", "Network", "Tensor", "compile", "load"]
__version__ = "0.1.0"
