"""Runs cnnc, which runs the C compiler, and loads the shared library that comes out."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import Optional, Sequence

from .network import Network, Path


class CompileError(RuntimeError):
    """What cnnc said. `status` is its exit status: 1 for a wrong network or weights, 2 for files or usage."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def find_cnnc() -> str:
    """$CNNC, or cnnc on the PATH."""
    program = os.environ.get("CNNC") or shutil.which("cnnc")
    if not program:
        raise CompileError("cnnc was not found: put it on the PATH, or set $CNNC to its path", 2)
    return program


def compile(network: Path, weights: Optional[Path] = None, *, target: str = "native", output: Optional[Path] = None,
            threads: int = 1, name: Optional[str] = None, cc: Optional[str] = None,
            options: Sequence[str] = ()) -> Network:
    """Compiles a .cnn text, an .onnx or a .tflite model, and loads the result. weights: a .safetensors, .npz or .npy
    file. output: where the library is to stay (with a .cnnw file beside it if its weights are large); otherwise only
    this process has it. cc: the C compiler ($CC, cc). options: further words for cnnc, such as "--tune"."""
    if output is not None:
        return _compile_to(os.fspath(output), network, weights, target, threads, name, cc, options)
    with tempfile.TemporaryDirectory(prefix="cnnc-") as folder:  # what is loaded and mapped stays without its file
        stem = name or _identifier(os.path.splitext(os.path.basename(os.fspath(network)))[0])
        return _compile_to(os.path.join(folder, f"{stem}.so"), network, weights, target, threads, name, cc, options)


def _identifier(stem: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in stem) or "net"


def _compile_to(output: str, network: Path, weights: Optional[Path], target: str, threads: int, name: Optional[str],
                cc: Optional[str], options: Sequence[str]) -> Network:
    words = [find_cnnc(), "--emit=so", f"--target={target}", "-o", output, *options]
    if weights is not None:
        words.append(f"--weights={os.fspath(weights)}")
    if name:
        words.append(f"--name={name}")
    environment = dict(os.environ, CC=cc) if cc else None
    done = subprocess.run([*words, "--", os.fspath(network)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace", env=environment, check=False)
    if done.returncode:
        raise CompileError(done.stderr.strip() or f"cnnc ended with status {done.returncode}", done.returncode)
    return Network(output, None, threads, name)
