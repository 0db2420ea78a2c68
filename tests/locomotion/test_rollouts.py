"""Rollouts in processes: the same whatever their number, and clear errors."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import save_method
from hyperdynamics_core.planning.sequences import SequencePlannerConfig
from hyperdynamics_core.systems.legged import CHEETAH
from sim_bridges.locomotion.rollouts import RolloutJob, RolloutPool
from sim_bridges.locomotion.tasks import draw_episode, task_named

SMALL = SequencePlannerConfig(candidates=20, horizon=5)


def jobs(count: int, **changes: object) -> list[RolloutJob]:
    rng = np.random.default_rng(0)
    plain = [
        RolloutJob(draw_episode(task_named("cheetah-slope"), "seen", rng), seed, planner_config=SMALL, steps=20)
        for seed in range(count)
    ]
    return [replace(job, **changes) for job in plain]  # type: ignore[arg-type]


def test_results_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    sha256 = save_method(tmp_path / "model", make_method("hyperdynamics", locomotion_sizes(), CHEETAH))
    wanted = jobs(2, model=tmp_path / "model", sha256=sha256) + jobs(3)
    told = []
    with RolloutPool(2) as pool:
        parallel = pool.run(wanted, lambda number, _: told.append(number))
    with RolloutPool(0) as pool:
        alone = pool.run(wanted)
    assert sorted(told) == [0, 1, 2, 3, 4]
    for first, second in zip(parallel, alone, strict=True):
        np.testing.assert_array_equal(first.episode.states, second.episode.states)
        np.testing.assert_array_equal(first.codes, second.codes)
    assert not np.allclose(parallel[2].episode.actions, parallel[3].episode.actions)


def test_a_job_that_fails_and_a_worker_that_is_killed_are_told(tmp_path: Path) -> None:
    with RolloutPool(1) as pool, pytest.raises(RuntimeError, match="no checkpoint at"):
        pool.run(jobs(1, model=tmp_path / "absent"))
    with RolloutPool(1) as pool:
        process = pool._workers[0][0]
        pool.run(jobs(1))
        assert process.pid is not None
        with pytest.raises(RuntimeError, match="exit code -9.*go on"):
            pool.run(jobs(3, steps=5000), lambda number, _: os.kill(process.pid or 0, signal.SIGKILL))
    assert not process.is_alive()
    with pytest.raises(ValueError, match="workers must be"):
        RolloutPool(-1)
