"""python -m benchmarks plan: measures what is equal, and says so where it is not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import torch

from benchmarks.__main__ import main
from benchmarks.interleaved import Timing, Variant, measure, paired, rate
from benchmarks.plan import check_equal, run, ways
from benchmarks.plan_problem import Options, make_problem


@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_command_writes_what_it_shows(robot: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "plan.json"
    short = ["--candidates", "40", "--horizon", "3", "--rounds", "2"]
    assert main(["plan", "--robot", robot, *short, "--json", str(record)]) == 0
    shown, written = capsys.readouterr().out, json.loads(record.read_text())
    assert f"{robot}, 40 x 3" in shown and "native portable" in shown and "sgemm" in shown
    assert {"step by step", "torch", "native portable", "sgemm", "FMA peak"} <= set(written["variants"])
    assert all(row["cpu_ms"] > 0.0 and row["of_sgemm"] > 0.0 for row in written["variants"].values())
    assert written["variants"]["torch"]["time_of_torch"] == 1.0
    assert max(written["state_differences"].values()) < 1e-4


def test_options_that_make_no_sense_end_with_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--robot", "snake"]) == 1
    assert "robot must be one of cheetah, ant, got 'snake'" in capsys.readouterr().err
    assert main(["plan", "--rounds", "0", "--candidates", "20", "--horizon", "2"]) == 1
    assert "at least 1 round, got 0" in capsys.readouterr().err


def test_nothing_is_timed_that_predicts_something_else() -> None:
    problem = make_problem(Options(candidates=20, horizon=2))
    found = ways(problem)
    states, returns = found["torch"]()
    found["torch"] = lambda: (states + 1e-3, returns)
    with pytest.raises(ValueError, match="'torch' does not predict what the reference does"):
        check_equal(problem, found)


def test_rounds_are_interleaved_and_paired() -> None:
    order: list[str] = []
    variants = {name: Variant(lambda name=name: order.append(name)) for name in "abc"}  # type: ignore[misc]
    timings = measure(variants, 3)
    assert "".join(order) == "abcbcacababc", "the first round warms up, and the order rotates"
    assert all(len(timing.cpu) == len(timing.wall) == 3 for timing in timings.values())
    assert paired(Timing((2.0, 30.0, 4.0), ()), Timing((1.0, 10.0, 2.0), ())) == 2.0
    assert rate(Variant(lambda: None, 4e9), Timing((1.0, 2.0, 100.0), ())) == 2.0


def test_waiting_is_wall_time_only() -> None:
    timing = measure({"wait": Variant(lambda: time.sleep(0.02))}, 1)["wait"]
    assert timing.wall[0] >= 0.02 > timing.cpu[0]


@pytest.mark.perf
@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_native_plan_is_faster_than_torch_and_near_the_matrix_product(robot: str) -> None:
    record = run(Options(robot))
    rows, machine = record["variants"], record["machine"]
    assert isinstance(rows, dict) and isinstance(machine, dict)
    best = rows[f"native {machine['kernels'][-1]}"]
    assert torch.get_num_threads() == 1
    assert best["time_of_torch"] < 0.9
    assert machine["kernels"][-1] == "portable" or best["of_sgemm"] > 0.8
