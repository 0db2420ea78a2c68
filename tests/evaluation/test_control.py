import functools
import json
import math

import pytest

from hyperdynamics_core.evaluation.control import (
    ControlEvaluationConfig,
    TrialResult,
    evaluate_control,
    summarise,
    wilson_interval,
)

SETTINGS = {"method": "test"}


def trial(index: int, seed: int, success: bool = True) -> TrialResult:
    code = "SUCCESS" if success else "MAX_STEPS"
    return TrialResult(index, seed, success, code, 0.01 * index, 7, 2, 9, (1.0, 3.0), 0.01, {"object": "disc"})


def counting(log: str, index: int, seed: int) -> TrialResult:
    with open(log, "a") as file:
        file.write(f"{index} {seed}\n")
    return trial(index, seed, success=index % 4 != 0)


def make_counting(log: str):
    return functools.partial(counting, log)


def ran(log) -> list[str]:
    return log.read_text().split("\n")[:-1] if log.exists() else []


def test_wilson_agrees_with_published_values():
    assert wilson_interval(46, 50) == pytest.approx((0.8116, 0.9685), abs=1e-3)
    assert wilson_interval(0, 10)[0] == 0.0
    assert wilson_interval(10, 10)[1] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="successes"):
        wilson_interval(3, 2)


def test_a_summary_counts_failures_by_code():
    summary = summarise([trial(i, i % 2, success=i != 3) for i in range(5)])
    assert summary.success_rate == pytest.approx(0.8)
    assert summary.failures == {"MAX_STEPS": 1}
    assert summary.seeds == (0, 1)
    assert summary.planning_ms_p50 == pytest.approx(2.0)
    assert summary.mean_final_distance_m == pytest.approx(0.02)
    assert json.loads(json.dumps(summary.as_dict()))["success_ci95"] == list(summary.success_ci95)


def test_no_trials_are_no_summary():
    with pytest.raises(ValueError, match="no trials"):
        summarise([])


def test_trials_are_dealt_out_to_the_seeds(tmp_path):
    log = tmp_path / "log"
    config = ControlEvaluationConfig(trials=5, seeds=(7, 9), workers=0, quiet=True)
    result = evaluate_control(functools.partial(make_counting, str(log)), config, SETTINGS)
    assert ran(log) == ["0 7", "1 9", "2 7", "3 9", "4 7"]
    assert result.success_rate == pytest.approx(0.6)


def test_it_resumes_after_a_line_that_was_cut_off(tmp_path):
    log, out = tmp_path / "log", tmp_path / "trials.jsonl"
    make = functools.partial(make_counting, str(log))
    first = ControlEvaluationConfig(trials=3, workers=0, out=out, quiet=True)
    evaluate_control(make, first, SETTINGS)
    out.write_text(out.read_text() + '{"index": 3, "se')
    log.unlink()
    longer = ControlEvaluationConfig(trials=5, workers=0, out=out, quiet=True)
    resumed = evaluate_control(make, longer, SETTINGS)
    assert ran(log) == ["3 0", "4 0"]
    once = ControlEvaluationConfig(trials=5, workers=0, quiet=True)
    assert resumed == evaluate_control(make, once, SETTINGS)


def test_trials_of_other_settings_are_not_mixed_in(tmp_path):
    out = tmp_path / "trials.jsonl"
    config = ControlEvaluationConfig(trials=1, workers=0, out=out, quiet=True)
    make = functools.partial(make_counting, str(tmp_path / "log"))
    evaluate_control(make, config, SETTINGS)
    with pytest.raises(ValueError, match="other settings"):
        evaluate_control(make, config, {"method": "another"})


def test_a_damaged_file_is_named(tmp_path):
    out = tmp_path / "trials.jsonl"
    config = ControlEvaluationConfig(trials=1, workers=0, out=out, quiet=True)
    make = functools.partial(make_counting, str(tmp_path / "log"))
    evaluate_control(make, config, SETTINGS)
    out.write_text(out.read_text().replace('"index"', '"indices"'))
    with pytest.raises(ValueError, match="not a trial"):
        evaluate_control(make, config, SETTINGS)


def test_workers_give_the_same_result(tmp_path):
    make = functools.partial(make_counting, str(tmp_path / "log"))
    alone = evaluate_control(make, ControlEvaluationConfig(trials=4, workers=0, quiet=True), SETTINGS)
    together = evaluate_control(make, ControlEvaluationConfig(trials=4, workers=2, quiet=True), SETTINGS)
    assert alone == together
    assert math.isfinite(together.mean_steps)


@pytest.mark.parametrize("bad", [{"trials": 0}, {"seeds": ()}, {"workers": -1}])
def test_impossible_evaluations_are_refused(bad):
    with pytest.raises(ValueError, match="an evaluation needs"):
        ControlEvaluationConfig(**bad)
