"""Results of an earlier run never look like the new one's."""

from __future__ import annotations

from pathlib import Path

from hyperdynamics_cli.demo.results_folder import prepare_results


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_folder_is_made(tmp_path: Path) -> None:
    prepare_results(tmp_path / "a" / "b")
    assert names(tmp_path / "a" / "b") == []


def test_earlier_results_move_and_all_else_stays(tmp_path: Path) -> None:
    for name in ("demo.mp4", "summary.json", "summary.png", "demo.part.mp4", "mine.txt"):
        (tmp_path / name).write_text("first")
    prepare_results(tmp_path)
    assert names(tmp_path) == ["mine.txt", "previous"]
    assert names(tmp_path / "previous") == ["demo.mp4", "summary.json", "summary.png"]
    prepare_results(tmp_path)
    assert names(tmp_path / "previous") == ["demo.mp4", "summary.json", "summary.png"], "nothing new: nothing lost"


def test_previous_results_are_of_one_run(tmp_path: Path) -> None:
    (tmp_path / "demo.mp4").write_text("first")
    prepare_results(tmp_path)
    (tmp_path / "summary.json").write_text("second, without a video")
    prepare_results(tmp_path)
    assert names(tmp_path / "previous") == ["summary.json"]
