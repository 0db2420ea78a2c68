from pathlib import Path

from hyperdynamics_core.training.run_log import RunLog, read_log


def test_lines_after_the_step_that_is_resumed_from_are_dropped(tmp_path: Path) -> None:
    with RunLog(tmp_path) as log:
        for step in (1, 2, 3):
            log.write(step, {"loss": 1.0 / step})
    with RunLog(tmp_path, first_step=2) as log:
        log.write(3, {"loss": 9.0})
    assert [(line["step"], line["loss"]) for line in read_log(tmp_path / "log.jsonl")] == [(1, 1.0), (2, 0.5), (3, 9.0)]
    assert any((tmp_path / "tensorboard").iterdir())


def test_a_line_cut_short_by_a_kill_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1, "loss": 2.0}\n{"step": 2, "lo')
    assert read_log(path) == [{"step": 1, "loss": 2.0}]
    assert read_log(tmp_path / "none.jsonl") == []
