#!/usr/bin/env bash
# Builds the wheel, installs it with all its requirements in an empty virtual environment, and runs it from there, away
# from the checkout: `make wheel-test`. Needs a set-up checkout, for the interfaces and for pip's cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=${VENV:-.venv}
mapfile -t NODES < <(sed -nE 's/^ +([a-z_]+) = .*/\1/p' cmake/nodes.cfg)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
    printf 'wheel-test: %s\n' "$*" >&2
    exit 1
}

echo "Building the wheel"
"$VENV/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w "$scratch" .
wheel=$(echo "$scratch"/hyperdynamics-*.whl)
ls -lh "$wheel" | awk '{print "      " $5 "  " $9}'

echo "Installing it in an empty environment"
"$VENV/bin/python" -m venv "$scratch/venv"
bin=$scratch/venv/bin
"$bin/python" -m pip install --quiet --disable-pip-version-check -c requirements/lock.txt "$wheel"

cd "$scratch"
echo "Importing packages and interfaces"
"$bin/python" - <<'PYTHON'
import hyperdynamics_cli, hyperdynamics_core, hyperdynamics_ros, sim_bridges
from hyperdynamics.action import PushTo
from hyperdynamics.msg import DetectedObjects, ExpertWeights, InteractionHistory, LatentCode
from hyperdynamics.srv import GenerateExpert
from rclpy.type_support import check_for_type_support

for interface in (PushTo, DetectedObjects, ExpertWeights, InteractionHistory, LatentCode, GenerateExpert):
    check_for_type_support(interface)

from hyperdynamics_ros.environment import prepare_environment, share_folder

prepare_environment()
share = share_folder()
for name in ("launch/push.launch.xml", "config", "models", "msg", "srv", "action", "package.xml"):
    if not (share / name).exists():
        raise SystemExit(f"the wheel lacks {name}: looked in {share}")

from hyperdynamics_core.native.library import load

print("      native kernels:", ", ".join(load().variants()))
PYTHON

echo "Looking for the nodes"
for node in "${NODES[@]}"; do
    [ -x "$bin/$node" ] || fail "no program bin/$node"
    [ -x "$scratch/venv/lib/hyperdynamics/$node" ] || fail "no program lib/hyperdynamics/$node"
done
"$bin/python" - "${NODES[@]}" <<'PYTHON'
import sys
from importlib.metadata import distribution

for entry in distribution("hyperdynamics").entry_points:
    entry.load()
    print(f"      {entry.name} = {entry.value}")
PYTHON

echo "Running the command"
"$bin/hyperdynamics" --help >help.txt || fail "hyperdynamics --help failed"
grep -qi "demo" help.txt || fail "hyperdynamics --help does not name the demo"
echo "wheel-test: passed"
