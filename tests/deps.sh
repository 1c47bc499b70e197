#!/bin/sh
# Installs what cnnc needs on Debian and Ubuntu, for building and for testing. If everything is installed, it does
# nothing and needs no root. `tests/deps.sh build` leaves out what only the tests need.
#
# apt's output goes to a log that is shown if it fails; on a terminal, progress is shown.
set -eu

build="gcc libc6-dev make flex bison m4 pkg-config libjansson-dev libzip-dev zlib1g-dev protobuf-c-compiler
libprotobuf-c-dev libonnx-dev libpng-dev libjpeg-dev graphviz librsvg2-bin"
check="clang lld libclang-rt-14-dev libonnx-testdata gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm
python3 python3-numpy g++ cmake man-db clang-format-14 clang-tidy-14 mandoc libstb-dev chromium
qemu-user|qemu-user-static gcc-arm-linux-gnueabihf libc6-dev-armhf-cross gcc-aarch64-linux-gnu libc6-dev-arm64-cross
gcc-riscv64-linux-gnu libc6-dev-riscv64-cross gcc-s390x-linux-gnu libc6-dev-s390x-cross
wasi-libc libclang-rt-14-dev-wasm32 nodejs libopenmpi-dev|libmpich-dev openmpi-bin|mpich"
wanted=$build # a|b: a, unless b is already installed
[ "${1:-all}" = build ] || wanted="$build $check"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    cat <<'TEXT'
This is not a Debian system, so nothing was installed. cnnc needs:
  to build: a C11 compiler, GNU make, flex, bison 3.6 or later, GNU m4, pkg-config, jansson;
            for .npz weights libzip; for ONNX protobuf-c (with its compiler) and ONNX's onnx.proto;
            to train on gzipped data or .npz zlib, on pictures libpng and libjpeg;
            to draw networks Graphviz, and for PNG librsvg's rsvg-convert
  to test:  gcc and clang (with its sanitizers), python3 with numpy, ONNX's test data,
            an MPI (to train in several processes), arm-none-eabi-gcc with newlib, qemu-system-arm, cmake, man, mandoc, clang-format 14, clang-tidy 14;
            for other machines gcc and the C library for arm-linux-gnueabihf, aarch64-linux-gnu,
            riscv64-linux-gnu and s390x-linux-gnu, qemu to run their programs (qemu-user), wasi-libc and node;
            for the applications libpng, the stb headers, lld (for WebAssembly) and Chromium
TEXT
    exit 0
fi

installed() { # PACKAGE
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

missing=
for package in $wanted; do
    found=
    for name in $(echo "$package" | tr '|' ' '); do
        ! installed "$name" || found=yes
    done
    [ -n "$found" ] || missing="$missing ${package%%|*}"
done
if [ -z "$missing" ]; then
    echo "everything that cnnc needs is installed"
    exit 0
fi

root=
[ "$(id -u)" -eq 0 ] || root=sudo
if [ -n "$root" ] && ! command -v sudo >/dev/null; then
    echo "this needs root, and sudo is not installed; as root, run: apt-get install$missing" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

show_progress() { # WHAT, < apt's log: its status lines are dlstatus:N:PERCENT:TEXT and pmstatus:PACKAGE:PERCENT:TEXT
    while IFS= read -r line; do
        case $line in
        dlstatus:*:*:*) step=downloading rest=${line#*:*:} ;;
        pmstatus:*:*:*) step=installing rest=${line#*:*:} ;;
        *) continue ;;
        esac
        percent=${rest%%:*}
        [ ! -t 1 ] || printf '\r  %-12s %3d %% ' "$step" "${percent%%.*}"
    done
    [ ! -t 1 ] || printf '\r%24s\r' ''
}

apt() { # ARGUMENTS
    rm -f "$work/done"
    { $root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o APT::Status-Fd=1 \
        -o DPkg::Lock::Timeout=300 "$@" 2>&1 && : >"$work/done"; } |
        tee "$work/log" | show_progress
    [ ! -e "$work/done" ] || return 0
    grep -v '^[dp][lm]status:' "$work/log" | tail -n 40 >&2
    echo "apt-get $1 failed; its last lines are above. Missing packages:$missing" >&2
    exit 1
}

apt update
available=
for package in $missing; do # names change from release to release: an unknown one is reported, but not fatal
    if apt-cache show "$package" >/dev/null 2>&1; then
        available="$available $package"
    else
        echo "this release has no package $package; whatever needs it is left out" >&2
    fi
done
echo "installing:$available"
# shellcheck disable=SC2086
[ -z "$available" ] || apt install --no-install-recommends $available
echo "installed"
