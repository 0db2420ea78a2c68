"""Work on a real Ray cluster of this machine: the same data as in local processes, also where workers are killed."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hyperdynamics_core.evaluation.control import ControlEvaluationConfig
from hyperdynamics_core.methods.config import MethodConfig, locomotion_sizes
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import load_method, save_method
from hyperdynamics_core.planning.sequences import SequencePlannerConfig
from hyperdynamics_core.systems.legged import CHEETAH
from sim_bridges.cluster import LOCAL, ClusterError, connected
from sim_bridges.locomotion.rollouts import RolloutJob, RolloutPool
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.pushing.collect import CollectConfig, collect
from sim_bridges.pushing.control_trials import PushTrialsConfig, evaluate_push

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.timeout(300)


def workers() -> list[int]:
    """Processes of Ray on this machine that work on a task of ours."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if line.startswith(b"ray::") and b"_do" in line:
            found.append(int(entry.name))
    return found


class Killer(threading.Thread):
    """Kills one worker in the midst of a task."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.killed = 0

    def run(self) -> None:
        until = time.monotonic() + 200
        while not self.killed and time.monotonic() < until:
            for process in workers()[:1]:
                os.kill(process, signal.SIGKILL)
                self.killed = process
            time.sleep(0.02)


def test_a_collection_with_a_killed_worker_is_that_of_local_processes(tmp_path: Path) -> None:
    config = CollectConfig(tmp_path / "local", trajectories=24, shard_trajectories=3, physics="gantry", steps=2)
    collect(config, quiet=True)
    killer = Killer()
    killer.start()
    summary = collect(replace(config, out=tmp_path / "cluster", workers=2, cluster=LOCAL), quiet=True)
    assert killer.killed and summary.kept == 24
    names = sorted(path.name for path in config.out.glob("*.npz"))
    assert len(names) == 8 and names == sorted(path.name for path in (tmp_path / "cluster").glob("*.npz"))
    for name in names:
        assert (config.out / name).read_bytes() == (tmp_path / "cluster" / name).read_bytes()


@pytest.mark.slow
def test_walks_and_trials_are_those_of_this_process(tmp_path: Path) -> None:
    torch.manual_seed(0)
    sha256 = save_method(tmp_path / "walker", make_method("hyperdynamics", locomotion_sizes(), CHEETAH))
    task, planning = task_named("cheetah-motor"), SequencePlannerConfig(candidates=8, horizon=3)
    spec = draw_episode(task, "seen", np.random.default_rng(0))
    jobs = [RolloutJob(spec, seed, tmp_path / "walker", sha256, "cem", planning, 25) for seed in range(3)]
    jobs.append(RolloutJob(spec, 5, steps=25))
    with RolloutPool(0) as pool:
        here = pool.run(jobs)
    save_method(tmp_path / "pusher", make_method("xyz", MethodConfig()))
    trials = PushTrialsConfig(tmp_path / "pusher", oracle_pose=True, physics="gantry")
    evaluation = ControlEvaluationConfig(trials=2, workers=0, quiet=True)
    with connected(LOCAL, 2) as cluster, RolloutPool(2, cluster) as pool:
        told: list[int] = []
        there = pool.run(jobs, lambda number, walk: told.append(number))
    for one, other in zip(here, there, strict=True):
        assert (one.episode.states == other.episode.states).all()
    assert sorted(told) == [0, 1, 2, 3]
    local, remote = evaluate_push(trials, evaluation), evaluate_push(trials, replace(evaluation, workers=2), LOCAL)
    assert (local.success_rate, local.mean_steps) == (remote.success_rate, remote.mean_steps)
    assert local.mean_final_distance_m == remote.mean_final_distance_m
    assert load_method(tmp_path / "walker", CHEETAH).sha256 == sha256


def test_an_error_of_a_task_is_told_and_no_cluster_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(LOCAL, 1) as cluster, pytest.raises(ValueError, match="unknown task 'moon-walk'"):
        list(cluster.run(_fail, ["moon-walk"]))
    with pytest.raises(ClusterError, match="no Ray cluster answers at 'auto'"), connected("auto", 1):
        pass
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'hyperdynamics\[cluster\]'"), connected(LOCAL, 1):
        pass


def _fail(task: str, _: object) -> None:
    raise ValueError(f"unknown task {task!r}")
