"""The rows of docs/adaptation_tables.md from metrics.json."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "error_table.py"


def errors(mean):
    figure = {"mean": mean, "ci95": [mean - 0.1, mean + 0.1], "median": mean / 2, "by_episode": [[mean, mean]]}
    return {steps: {"normalised": figure} for steps in ("t1", "t5", "t20")}


def written(path, methods):
    path.write_text(json.dumps({"methods": methods}))
    return path


def run(*arguments):
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True)


def test_a_row_for_each_method_and_window_seen_values_first(tmp_path):
    adapts = {"own": errors(0.2), "swap": errors(0.4), "none": errors(0.3)}
    one = written(
        tmp_path / "one.json",
        {
            "hyperdynamics": {"parameters": 436_100, "seen": adapts, "novel": {"own": errors(0.5)}},
            "global": {"parameters": 21_000, "seen": {"own": errors(0.25)}},
        },
    )
    two = written(tmp_path / "two.json", {"hyperdynamics": {"parameters": 437_000, "seen": {"own": errors(0.15)}}})
    rows = run(one, f"encoder taught={two}").stdout.splitlines()
    figures = "0.200 (0.100 to 0.300), 0.100"
    assert rows[2] == f"| HyperDynamics, 436k | its own | seen | {figures} | {figures} | {figures} |  |"
    assert [row.split(" | ")[1] for row in rows[2:5]] == ["its own", "another episode's (swap)", "none"]
    assert rows[5].startswith("| blind, as wide as HyperDynamics' expert, 21k |  | seen | 0.250")
    assert rows[6].startswith("| HyperDynamics, encoder taught, 437k |  | seen | 0.150")
    assert rows[7].startswith("| HyperDynamics, 436k |  | novel | 0.500") and len(rows) == 8


def test_the_share_of_the_blind_ones_error_over_the_same_episodes(tmp_path):
    blind, adapts = ({"parameters": 1000, "novel": {"own": errors(mean)}} for mean in (0.5, 0.4))
    one = written(tmp_path / "one.json", {"global-large": blind, "recurrent": adapts})
    two = written(tmp_path / "two.json", {"recurrent": adapts})
    rows = run(one, f"taught={two}").stdout.splitlines()[2:]
    assert [row.split(" | ")[-1] for row in rows] == [" |", "0.80 (0.80 to 0.80) |", "0.80 (0.80 to 0.80) |"]


def test_what_is_no_such_file_is_refused(tmp_path):
    other = tmp_path / "other.json"
    other.write_text("{}")
    for wrong, words in ((tmp_path / "none.json", "cannot be read"), (other, "no errors of methods")):
        ended = run(wrong)
        assert ended.returncode == 2 and words in ended.stderr and not ended.stdout
    assert run().returncode == 2


def test_files_that_cannot_be_compared_are_refused(tmp_path):
    """Of other data, or of an older version, which did not keep errors by episode."""
    blind, adapts = ({"parameters": 1000, "seen": {"own": errors(mean)}} for mean in (0.5, 0.4))
    one = written(tmp_path / "one.json", {"global-large": blind, "recurrent": adapts})
    two = tmp_path / "two.json"
    two.write_text(json.dumps({"data_fingerprint": "another", "methods": {"recurrent": adapts}}))
    older = {key: value for key, value in adapts["seen"]["own"]["t20"]["normalised"].items() if key != "by_episode"}
    steps = {name: {"normalised": older} for name in ("t1", "t5", "t20")}
    three = written(tmp_path / "three.json", {"recurrent": {"parameters": 1000, "seen": {"own": steps}}})
    for other, words in ((two, "different data"), (three, "run train dynamics once more")):
        ended = run(one, other)
        assert ended.returncode == 2 and words in ended.stderr and not ended.stdout
