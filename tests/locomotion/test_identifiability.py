"""Walking, windows and the report."""

from pathlib import Path

import numpy as np
import torch

from sim_bridges.locomotion.identifiability import Options, judge, walk, windows
from sim_bridges.locomotion.kinematics import Kinematics
from sim_bridges.locomotion.regression import RegressionConfig
from sim_bridges.locomotion.simulator_agent import CemConfig
from sim_bridges.locomotion.tasks import task_named


def test_episodes_are_gone_on_with_and_judged(tmp_path: Path) -> None:
    planner = CemConfig(candidates=4, iterations=1, horizon=6, elites=2, replan_every=4)
    regression = RegressionConfig(folds=3, epochs=2, width=16)
    few = Options("cheetah-pier", tmp_path, 2, 24, planner=planner, regression=regression)
    more = Options("cheetah-pier", tmp_path, 4, 24, planner=planner, regression=regression)
    first, data = walk(few), walk(more)
    assert len(first) == 2 and len(data) == 4
    np.testing.assert_array_equal(first.episodes[1].states, data.episodes[1].states)
    report = judge(more, data)
    assert set(report.by_window) == {"damping_ratio", "friction_factor"} and report.episodes == 4
    assert "damping_ratio: R2" in str(report)


def test_a_window_ends_at_the_step_whose_truth_it_gets(tmp_path: Path) -> None:
    planner = CemConfig(candidates=4, iterations=1, horizon=6, elites=2, replan_every=4)
    episode = walk(Options("cheetah-motor", tmp_path, 1, 20, planner=planner)).episodes[0]
    system = task_named("cheetah-motor").system
    inputs, truth = windows(Kinematics(system), episode, length=16, stride=2)
    assert inputs.shape == (3, 16 * (23 + 17 + 12) + 12) and truth.shape == (3, 1)
    last = system.features(torch.from_numpy(episode.states[19]), torch.from_numpy(episode.actions[19]))
    np.testing.assert_allclose(inputs[2][:-12].reshape(16, 52)[-1, :23], last.numpy(), rtol=1e-6)
    np.testing.assert_allclose(inputs[2][-6:], (episode.actions[4:20] ** 2).mean(0), rtol=1e-5)
