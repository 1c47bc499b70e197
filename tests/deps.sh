#!/bin/sh
# Installs what cnnc needs on Debian and Ubuntu: to be built, and to be tested. Does nothing, and
# needs no root, where everything is there. `tests/deps.sh build` leaves the tests' part out.
set -eu

build="gcc libc6-dev make flex bison m4 pkg-config libjansson-dev libzip-dev zlib1g-dev protobuf-c-compiler
libprotobuf-c-dev libonnx-dev"
check="clang lld libclang-rt-14-dev graphviz libonnx-testdata gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm
python3 python3-numpy g++ cmake man-db clang-format-14 libpng-dev libstb-dev chromium"
wanted=$build
[ "${1:-all}" = build ] || wanted="$build $check"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    cat <<'TEXT'
This is not a Debian system; nothing was installed. cnnc needs:
  to build: a C11 compiler, GNU make, flex, bison 3.6 or later, GNU m4, pkg-config, jansson;
            for .npz weights libzip; for ONNX protobuf-c (with its compiler) and ONNX's onnx.proto
  to test:  gcc and clang (with its sanitizers), Graphviz, python3 with numpy, ONNX's test data,
            arm-none-eabi-gcc with newlib, qemu-system-arm, cmake, man, clang-format 14
            for the applications libpng, the stb headers, lld (for WebAssembly) and Chromium
TEXT
    exit 0
fi

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "everything that cnnc needs is installed"
    exit 0
fi

echo "installing:$missing"
root=
[ "$(id -u)" -eq 0 ] || root=sudo
if [ -n "$root" ] && ! command -v sudo >/dev/null; then
    echo "not root, and there is no sudo: have somebody run: apt-get install$missing" >&2
    exit 1
fi
$root apt-get update -qq
available=
for package in $missing; do # names change from release to release: what is not there is said, not fatal
    if apt-cache show "$package" >/dev/null 2>&1; then
        available="$available $package"
    else
        echo "this release has no package $package; what needs it is left out" >&2
    fi
done
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $available
