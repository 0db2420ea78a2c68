# Each target sets up what it needs by itself (scripts/setup.sh), once; `make` alone shows the list.
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
PYTEST := $(BIN)/python -m pytest
export VENV
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-locomotion test test-slow lint format types check wheel-test clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## system packages, .venv, pinned requirements, ROS interfaces, native kernels; ends at once when nothing changed
	@scripts/setup.sh

demo: setup ## push novel objects to five goals through the whole node graph; results in out/demo/
	@$(BIN)/hyperdynamics demo $(ARGS)

demo-locomotion: setup ## let the ant walk on a floating pier it has never felt; results in out/locomotion/
	@$(BIN)/hyperdynamics demo locomotion $(ARGS)

test: setup ## the fast tests, two at a time (ARGS="tests/packaging -k lock" for some of them)
	@$(PYTEST) -m "not slow and not perf" -q -n 2 --dist loadfile --durations=30 $(ARGS)

test-slow: setup ## the tests that take minutes, one after another
	@$(PYTEST) -m slow $(ARGS)

lint: setup ## ruff: errors, imports, layout
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## mypy: strict on hyperdynamics_core
	@$(BIN)/python -m mypy

check: lint types test ## lint, types and the fast tests

wheel-test: setup ## build the wheel, install it in an empty environment, run it
	@scripts/wheel_test.sh

clean: ## remove what was built; keeps .venv, models and results
	rm -rf build dist *.egg-info hyperdynamics_core/native/*.so .pytest_cache .mypy_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +
