#!/usr/bin/env bash
# The fast tests, two at a time; what fails is run once more, alone. scripts/test.sh [PYTEST_ARGUMENTS...]
#
# Nodes that run in real time need a processor when they need it, and with two tests at a time on two cores, beside whatever
# else a machine does, they may not get it. What fails twice is broken; what fails once is named in the output all the same.
set -uo pipefail
pytest=("${VENV:-.venv}/bin/python" -m pytest -m "not slow and not perf" -q)
"${pytest[@]}" -n 2 --dist loadfile --durations=30 "$@"
status=$?
[ "$status" -eq 1 ] || exit "$status" # 1: tests failed; anything else is no matter of time
printf '\nWhat failed is run once more, alone: it may have been short of time.\n'
"${pytest[@]}" --last-failed --last-failed-no-failures none "$@"
