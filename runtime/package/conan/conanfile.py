"""Conan's recipe: `conan create runtime/package/conan` from a checkout. The package holds the compiler, for recipes that
build networks, and the runtime, for programs with networks in them."""
import os

from conan import ConanFile
from conan.tools.files import copy


class Cnnc(ConanFile):
    name = "cnnc"
    version = "0.1.0"
    license = "MIT"
    description = "Compiler for convolutional networks, to C"
    settings = "os", "arch", "compiler", "build_type"
    requires = "jansson/2.14"
    package_type = "static-library"

    def validate(self):
        if self.settings.os == "Windows":
            from conan.errors import ConanInvalidConfiguration
            raise ConanInvalidConfiguration("cnnc needs POSIX")

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..", "..")
        for pattern in ("Makefile", "LICENSE", "*.md", "compiler/*", "grammar/*", "runtime/*", "examples/*", "tests/deps.sh"):
            copy(self, pattern, root, self.export_sources_folder)

    def build(self):
        self.run("make all")

    def package(self):
        self.run(f"make install PREFIX='{self.package_folder}'")

    def package_info(self):
        self.cpp_info.libs = ["cnn"]
        self.cpp_info.system_libs = ["m", "pthread"]
        self.buildenv_info.append_path("PATH", os.path.join(self.package_folder, "bin"))
