"""Settings that must not be mixed."""

import json
from pathlib import Path

import pytest

from sim_bridges.locomotion import physics, terrain
from sim_bridges.locomotion.physics import NOTE, note_physics, noted_physics, physics_of
from sim_bridges.locomotion.tasks import TASKS


def test_every_task_has_its_own_and_it_can_be_written_down() -> None:
    written = {json.dumps(physics_of(task), sort_keys=True) for task in TASKS.values()}
    assert len(written) == len(TASKS)
    assert physics_of(TASKS["ant-pier"])["float"]["stiffness"] == 30.0


@pytest.mark.parametrize(
    ("module", "name", "value", "of"),
    [
        (terrain, "WATER", -0.5, ("ant-pier", "cheetah-pier")),
        (terrain, "_TRAVEL", (-0.8, 0.3), ("ant-pier", "cheetah-pier")),
        (terrain, "_DECK", 0.2, ("ant-pier", "cheetah-pier")),
        (terrain, "_GAP", 0.01, ("ant-pier", "cheetah-pier")),
        (terrain, "_HALF_WIDTHS", dict.fromkeys(terrain._HALF_WIDTHS, 1.0), tuple(terrain._HALF_WIDTHS)),
        (terrain, "_THICK", 0.4, tuple(terrain._HALF_WIDTHS)),
        (terrain, "LEVEL", 30.0, tuple(terrain._HALF_WIDTHS)),
        (physics, "version", lambda package: "9.9.0", tuple(TASKS)),
        (physics, "MASSES", {"cheetah": 13.0, "ant": 0.9}, tuple(name for name in TASKS if name.startswith("cheetah"))),
    ],
)
def test_each_setting_counts_for_the_tasks_that_it_changes(
    module: object, name: str, value: object, of: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: physics_of(task) for name, task in TASKS.items()}
    monkeypatch.setattr(module, name, value)
    after = {name: physics_of(task) for name, task in TASKS.items()}
    assert {name for name in TASKS if before[name] != after[name]} == set(of)


def test_a_run_keeps_to_the_physics_it_was_begun_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = TASKS["ant-pier"]
    unnoted = noted_physics(tmp_path, task)
    note_physics(tmp_path, task)
    note_physics(tmp_path, task)
    assert noted_physics(tmp_path, task) == unnoted == json.loads(json.dumps(physics_of(task)))
    with pytest.raises(ValueError, match="is a run of ant-pier, not of ant-slope; give another --out"):
        note_physics(tmp_path, TASKS["ant-slope"])
    monkeypatch.setattr(physics, "version", lambda package: "9.9.0")
    with pytest.raises(ValueError, match=r"differ in robot_files, simulator\), and one run must not mix them"):
        note_physics(tmp_path, task)
    assert noted_physics(tmp_path, task) == unnoted
    (tmp_path / NOTE).write_text("[1]")
    with pytest.raises(ValueError, match=r"physics\.json is damaged"):
        note_physics(tmp_path, task)
