"""The benchmarks that compare ways to do one thing: they run, they agree, they notice what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from benchmarks import generate, push, train
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.comparison import Comparison, check_close, compare


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("generate", "one product with the folded basis"),
        ("push", "table there, codes interpolated"),
        ("train", "factored"),
        ("simulate", "ant-pier"),
        ("messages", "an array of its bytes (ours)"),
    ],
)
def test_command_writes_what_it_shows(
    name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "record.json"
    sizes = ["--candidates", "4", "--horizon", "3"] if name == "push" else []
    assert main([name, "--rounds", "1", *sizes, "--json", str(record)]) == 0
    shown, written = capsys.readouterr().out, json.loads(record.read_text())
    tables = written if isinstance(written, list) else [written]
    assert words in shown and any(words in table["variants"] for table in tables)
    for table in tables:
        assert table["variants"][table["reference"]]["times_faster"] == 1.0
        assert all(row["cpu_ms"] > 0.0 and row["per_second"] > 0.0 for row in table["variants"].values())


@pytest.mark.timeout(300)
def test_a_walk_through_the_graph_is_taken_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "graph.json"
    short = ["--duration", "0.6", "--idle", "0.5", "--candidates", "20"]
    assert main(["graph", *short, "--json", str(record)]) == 0
    shown, written = capsys.readouterr().out, json.loads(record.read_text())
    assert "added by the graph" in shown and "mpc_controller" in shown
    assert written["steps"] == 30 and list(written["stages_ms_p50_p95"])[0] == "encode"
    ways = sum(p50 for p50, _ in written["stages_ms_p50_p95"].values())
    assert 0.0 < ways < 2.0 * written["latency_ms"]["p50"] + 1.0
    assert len(written["cpu_ms_a_step"]) == 4 and all(spent >= 0.0 for spent in written["idle_percent"].values())


def test_every_benchmark_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in BENCHMARKS)
    assert main(["fly"]) == 2
    assert "there is no 'fly'" in capsys.readouterr().err


def test_what_does_not_agree_is_not_timed() -> None:
    result = torch.ones(3)
    with pytest.raises(ValueError, match=r"'other' does not compute .* off by 0\.1"):
        check_close({"plain": lambda: result, "other": lambda: result * 1.1}, 1e-3)


def test_rates_count_units() -> None:
    record = compare(Comparison("counting", {"sum": lambda: sum(range(1000))}, units=50), 2)
    row = record["variants"]["sum"]
    assert row["per_second"] == pytest.approx(50 / (1e-3 * row["cpu_ms"]))


def test_bad_options_end_with_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", "--model", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
    assert main(["generate", "--robot", "snake"]) == 1
    assert "robot must be one of cheetah, ant, got 'snake'" in capsys.readouterr().err


@pytest.mark.perf
def test_what_is_claimed_to_be_faster_is() -> None:
    """Only ratios that hold on any machine, far from their measured values."""
    generated = generate.run(generate.Options(rounds=50))["variants"]
    assert generated["one product with the folded basis"]["times_faster"] > 1.3
    pushing = push.run(push.Options(rounds=3))["variants"]
    assert pushing["exact"]["times_faster"] > 2.0
    assert pushing["table there, codes interpolated"]["times_faster"] > 10.0 * pushing["exact"]["times_faster"]
    trained = train.run(train.Options(rounds=10))
    assert trained[0]["variants"]["factored"]["times_faster"] > 1.1
