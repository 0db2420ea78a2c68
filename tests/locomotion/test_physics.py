"""Settings that must not be mixed."""

import json

from sim_bridges.locomotion.physics import physics_of
from sim_bridges.locomotion.tasks import TASKS


def test_every_task_has_its_own_and_it_can_be_written_down() -> None:
    written = {json.dumps(physics_of(task), sort_keys=True) for task in TASKS.values()}
    assert len(written) == len(TASKS)
    assert physics_of(TASKS["ant-pier"])["float"]["stiffness"] == 30.0
