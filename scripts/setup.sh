#!/usr/bin/env bash
# Sets up everything that the project needs, in .venv: `make setup`. A second run with nothing changed ends at once.
#
#   PYTHON=python3.12   which Python to use (3.10 to 3.13); without it the best one found
#   VENV=.venv          where the virtual environment goes
#   --fingerprint       print what the stamp of an up-to-date environment says, and stop
#   PIP_...             pip's own settings, such as another package index
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=${VENV:-.venv}
STAMP=$VENV/hyperdynamics-setup
LOG=build/setup.log
GRAPHICS_PACKAGES=(libusb-1.0-0 libegl1 libgl1 libgl1-mesa-dri)
# What an up-to-date environment was made from; anything else in the checkout may change freely.
INPUTS=(requirements/lock.txt pyproject.toml setup.py package.xml CMakeLists.txt cmake scripts msg srv action)
STEPS=5
NATIVE=hyperdynamics_core/native

say() { printf '%s\n' "$*"; }
step() { say "[$1/$STEPS] $2"; }
fail() {
    printf '\nSet-up stopped: %s\n' "$1" >&2
    printf 'What to do: %s\n' "$2" >&2
    exit 1
}

fingerprint() {
    { pwd && find "${INPUTS[@]}" -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; } |
        sha256sum | cut -d' ' -f1
}

# run_logged REMEDY COMMAND...: runs quietly, shows that time passes, and on failure the last lines and the remedy.
run_logged() {
    local remedy=$1 start=$SECONDS pid status=0 shown=0
    shift
    printf '\n$ %s\n' "$*" >>"$LOG"
    "$@" >>"$LOG" 2>&1 &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; say ""; say "Interrupted. Run make setup again to go on."; exit 130' INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        if [ -t 1 ]; then
            printf '\r      %3d s  ' $((SECONDS - start))
        elif [ $((SECONDS - start - shown)) -ge 30 ]; then
            shown=$((SECONDS - start))
            say "      still working, $shown s"
        fi
    done
    wait "$pid" || status=$?
    trap - INT TERM
    [ -t 1 ] && printf '\r'
    if [ "$status" -ne 0 ]; then
        tail -n 15 "$LOG" >&2
        fail "this command failed with exit code $status (all of its output: $LOG): $*" "$remedy"
    fi
    say "      done in $((SECONDS - start)) s"
}

python_suits() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

# 3.11 and 3.10 first: PyBullet has ready-made wheels for them, and is compiled for some minutes on the others.
choose_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3.10 python3.12 python3.13 python3}; do
        if command -v "$candidate" >/dev/null && python_suits "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    return 1
}

installed() { [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = "install ok installed" ]; }

# Prints the Debian packages that are not there yet.
missing_packages() {
    local python=$1 package version
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    for package in "${GRAPHICS_PACKAGES[@]}"; do
        installed "$package" || say "$package"
    done
    { command -v cc && command -v c++ && command -v make; } >/dev/null || say build-essential
    "$python" -c 'import pathlib, sysconfig, sys
sys.exit(not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").is_file())' || say "python$version-dev"
    "$python" -c 'import ensurepip' 2>/dev/null || say "python$version-venv"
}

install_packages() {
    local as_root=() list="$*"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "these Debian packages are missing and there is no sudo: $list" \
            "as root, run: apt-get update && apt-get install -y $list    then run make setup again"
        as_root=(sudo)
        [ -t 0 ] || as_root=(sudo -n)
    fi
    say "      installing $list"
    [ "${#as_root[@]}" -eq 0 ] || "${as_root[@]}" true ||
        fail "sudo refused" "run: sudo apt-get update && sudo apt-get install -y $list    then make setup again"
    run_logged "check the network and the package sources of this machine (apt-get update)" \
        ${as_root[@]+"${as_root[@]}"} apt-get update
    run_logged "install them by hand: apt-get install $list    then run make setup again" \
        ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$@"
}

system_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "      not Debian or Ubuntu: make sure of a C++ compiler, Python's headers, libusb 1.0, EGL and Mesa"
        return
    fi
    local missing
    mapfile -t missing < <(missing_packages "$1")
    if [ "${#missing[@]}" -eq 0 ]; then
        say "      all there"
    else
        install_packages "${missing[@]}"
    fi
}

virtual_environment() {
    local python=$1
    if [ -x "$VENV/bin/python" ] && ! python_suits "$VENV/bin/python"; then
        fail "$VENV does not run a Python of version 3.10 to 3.13" "delete it (rm -r $VENV) and run make setup again"
    elif [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        say "      $VENV is there"
    else
        run_logged "delete $VENV and run make setup again, or name another Python: make setup PYTHON=/path/to/python3.11" \
            "$python" -m venv "$VENV"
    fi
}

python_packages() {
    run_logged "check the network and pip's settings (pip config list); no space left? the packages take 4 GB, 7 GB with PyTorch's CUDA build" \
        "$VENV/bin/python" -m pip install --disable-pip-version-check --progress-bar off -r requirements/lock.txt
}

native_kernels() {
    run_logged "see the lines above; a C++ compiler must be there" \
        "$VENV/bin/python" scripts/native.py
}

# By dates, so that every make target may ask; scripts/native.py looks at the contents.
native_kernels_are_current() {
    [ -f "$NATIVE/libhyperdynamics_native.so" ] &&
        [ -z "$(find "$NATIVE" -type f ! -name '*.py*' -newer "$NATIVE/libhyperdynamics_native.so")" ]
}

# What may change without all the rest being set up again.
refresh() {
    if ! native_kernels_are_current; then
        mkdir -p build
        say "Building the native kernels"
        native_kernels
    fi
}

project() {
    # `pip install` would build the interfaces as well; apart, a failure names itself.
    run_logged "see the lines above; a compiler and Python's headers must be there" \
        "$VENV/bin/python" scripts/interfaces.py
    native_kernels
    # Links of an earlier set-up stay out of pip's way while it installs.
    run_logged "see the lines above" \
        "$VENV/bin/python" -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
    "$VENV/bin/python" scripts/link_share.py ||
        fail "the data folders could not be linked into $VENV" "do what the line above says, then run make setup again"
}

check() {
    "$VENV/bin/python" -c '
import torch, pybullet, open3d, rclpy
from hyperdynamics.msg import ExpertWeights
from rclpy.type_support import check_for_type_support
check_for_type_support(ExpertWeights)' >>"$LOG" 2>&1 || {
        tail -n 15 "$LOG" >&2
        fail "the installed packages do not load (all of the output: $LOG)" \
            "delete $VENV (rm -r $VENV) and run make setup again; if that does not help, report the lines above"
    }
    say "      everything loads"
}

main() {
    local wanted python
    wanted=$(fingerprint)
    if [ "${1:-}" = --fingerprint ]; then
        say "$wanted"
        exit 0
    fi
    if [ -x "$VENV/bin/python" ] && [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$wanted" ]; then
        refresh
        exit 0
    fi
    mkdir -p build
    exec 9>build/setup.lock
    if command -v flock >/dev/null && ! flock -n 9; then
        say "Another set-up is running in this checkout; waiting for it."
        flock 9
        if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$wanted" ]; then exit 0; fi
    fi
    : >"$LOG"
    say "Setting up once: this downloads 1 GB (3.5 GB where pip finds PyTorch's CUDA build only) and takes some minutes."
    say "Details: $LOG"
    python=$(choose_python) || fail "no Python from 3.10 to 3.13 was found${PYTHON:+ under the name $PYTHON}" \
        "install one (Debian, Ubuntu: apt-get install python3 python3-venv python3-dev) or name one: make setup PYTHON=/path/to/python3.11"
    step 1 "System packages"
    system_packages "$python"
    step 2 "Virtual environment ($python)"
    virtual_environment "$python"
    step 3 "Python packages, at the versions of requirements/lock.txt"
    python_packages
    step 4 "ROS interfaces, native kernels and the project itself"
    project
    step 5 "Check"
    check
    fingerprint >"$STAMP"
    say "Ready after $SECONDS s. Next: make demo, or make help."
}

main "$@"
