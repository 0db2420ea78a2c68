"""Figures over episodes, and the file that a stopped evaluation goes on from."""

import json

import pytest

from hyperdynamics_core.evaluation.returns import ResultsFile, WalkResult, summarise_returns

SETTINGS = {"task": "ant-slope", "steps": 500}


def result(index, total, agent="model", episode=None, seed=0, times=(1.0, 3.0), note=""):
    return WalkResult(index, index if episode is None else episode, seed, agent, total, 1.0, 500, times, note, "{}")


def test_one_agent_two_seeds():
    figures = summarise_returns([result(i, float(i), seed=i % 2, note="fell" if i == 3 else "") for i in range(10)])
    assert figures["return_mean"] == 4.5 and figures["return_median"] == 4.5 and figures["trials"] == 10
    low, high = figures["return_ci95"]
    assert 2.3 < low < 3.3 < 5.7 < high < 6.7
    assert figures["return_by_seed"] == {"0": 4.0, "1": 5.0} and figures["seeds"] == [0, 1]
    assert figures["ended_early"] == 1 and figures["planning_ms_p50"] == 2.0 and figures["planning_ms_p95"] == 3.0


def test_agents_on_the_same_episodes():
    results = [result(2 * e + m, 10.0 * m, f"m{m}", e, times=()) for e in range(4) for m in range(2)]
    figures = summarise_returns(results)
    assert figures["return_by_agent"] == {"m0": 0.0, "m1": 10.0} and figures["trials"] == 4
    assert figures["return_ci95"] == (0.0, 10.0)  # the episodes agree, the models do not
    assert figures["planning_ms_p50"] is None
    with pytest.raises(ValueError, match="same episodes"):
        summarise_returns(results[:-1])
    with pytest.raises(ValueError, match="same episodes"):
        summarise_returns([])


def test_the_file_is_read_again_without_its_cut_off_line(tmp_path):
    path = tmp_path / "deep" / "e.jsonl"
    file = ResultsFile(path, SETTINGS)
    for index in range(3):
        file.add(result(index, 0.1 * index))
    assert ResultsFile(path, SETTINGS).results == file.results and len(file.results) == 3
    path.write_text(path.read_text()[:-5])
    again = ResultsFile(path, SETTINGS)
    assert sorted(again.results) == [0, 1]
    again.add(result(2, 0.2))
    assert ResultsFile(path, SETTINGS).results == file.results


def test_foreign_and_damaged_files_are_left_as_they_are(tmp_path):
    path = tmp_path / "e.jsonl"
    ResultsFile(path, SETTINGS).add(result(0, 1.0))
    text = path.read_text()
    with pytest.raises(ValueError, match="other settings"):
        ResultsFile(path, {**SETTINGS, "steps": 20})
    assert path.read_text() == text
    path.write_text(text + json.dumps({"index": 1}) + "\n")
    with pytest.raises(ValueError, match="no episode"):
        ResultsFile(path, SETTINGS)
    path.write_text("{}")
    with pytest.raises(ValueError, match="other settings"):
        ResultsFile(path, SETTINGS)
