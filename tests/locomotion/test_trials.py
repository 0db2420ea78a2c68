"""Trials by number: the same ground for everyone, and for the bridge; episodes come to disk in order."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episodes import EpisodeSet
from hyperdynamics_core.planning.sequences import SequencePlannerConfig
from hyperdynamics_core.systems.legged import CHEETAH
from sim_bridges.legged_episode import LeggedEpisodes
from sim_bridges.locomotion.rollouts import Walker, make_agent
from sim_bridges.locomotion.simulator_agent import SimulatorCem, SimulatorShooting
from sim_bridges.locomotion.trials import Actor, OrderedEpisodes, TrialsConfig, walk_trials
from sim_bridges.locomotion.walking import Exploration

RANDOM = (Actor("random"),)
TWO = (Actor("a", Path("a"), "1"), Actor("b", Path("b"), "2"))


def test_episodes_are_those_of_the_bridge():
    config = TrialsConfig("ant-pier", RANDOM, split="seen", seeds=(3, 5))
    episodes = LeggedEpisodes()
    settings = {"robot": "ant", "terrain": "pier", "split": "seen", "value": "", "seed": 5}
    for index in (1, 3, 5):
        assert config.job(index).spec == episodes.draw(settings).spec
    assert [config.job(index).seed for index in range(4)] == [4, 6, 5, 7]


def test_all_walk_every_episode_or_each_its_own():
    both = TrialsConfig("ant-slope", TWO)
    assert [both.place(index)[0] for index in range(4)] == [0, 0, 1, 1]
    assert [both.place(index)[2].name for index in range(4)] == ["a", "b", "a", "b"]
    assert both.job(0).spec == both.job(1).spec != both.job(2).spec
    dealt = TrialsConfig("ant-slope", TWO, dealt=True)
    assert [dealt.place(index)[0] for index in range(4)] == [0, 1, 2, 3] and dealt.walks_each == 1
    assert dealt.job(1).model == Path("b") and dealt.job(0).spec != dealt.job(1).spec


def test_a_value_changes_nothing_else():
    drawn, given = (TrialsConfig("cheetah-pier", RANDOM, value=value).job(2).spec for value in (None, 0.3))
    assert {row[0] for row in given.values} == {0.3} and given.start_x == drawn.start_x
    assert [row[1] for row in given.values] == [row[1] for row in drawn.values]


def test_episodes_come_to_disk_in_order(tmp_path):
    config = TrialsConfig("cheetah-motor", RANDOM, dealt=True, steps=5)
    walker = Walker()
    walks = {index: walker.walk(config.job(index)) for index in range(4)}
    episodes = OrderedEpisodes(tmp_path / "d", config)
    counts = []
    for index in (1, 3, 0, 2):
        episodes.add(index, walks[index])
        counts.append(len(episodes))
    assert counts == [0, 0, 2, 4]
    episodes.add(1, walks[1])
    assert len(episodes) == 4 == len(OrderedEpisodes(tmp_path / "d", config))
    stored = EpisodeSet.open(tmp_path / "d")
    for index, episode in enumerate(stored.episodes):
        np.testing.assert_allclose(episode.states, walks[index].episode.states.astype(np.float32))
        assert episode.spec == walks[index].episode.spec
    with pytest.raises(DataFolderError, match="another collection"):
        OrderedEpisodes(tmp_path / "d", TrialsConfig("cheetah-motor", RANDOM, dealt=True, steps=6))


def test_results_hold_what_the_walk_says():
    config = TrialsConfig("ant-motor", (Actor("zero"),), steps=6, seeds=(2,))
    told = []
    walk_trials(config, [1], 0, lambda index, walk: told.append(config.result(index, walk)))
    (result,) = told
    assert (result.index, result.seed, result.steps, result.agent, result.note) == (1, 2, 6, "zero", "")
    assert result.planning_ms == () and result.total_return == pytest.approx(result.distance / 0.02 + 6 * 0.05)


def test_agents_by_name():
    generator, config = torch.Generator(), SequencePlannerConfig(candidates=60, horizon=7).for_robot(CHEETAH)
    assert isinstance(make_agent("simulator", "random_shooting", config, generator), SimulatorShooting)
    cem = make_agent("simulator", "cem", config, generator)
    assert isinstance(cem, SimulatorCem)
    assert (cem.config.candidates, cem.config.iterations, cem.config.elites, cem.config.horizon) == (20, 3, 2, 7)
    assert cem.config.upright == 0.0
    shooting = make_agent("simulator", "random_shooting", replace(config, keep=True, upright=5.0), generator)
    assert isinstance(shooting, SimulatorShooting) and shooting.config.keep and shooting.config.upright == 5.0
    cem = make_agent("simulator", "cem", replace(config, upright=5.0), generator)
    assert isinstance(cem, SimulatorCem) and cem.config.upright == 5.0
    for name, planner in (("simulator", "mppi"), ("clever", "cem")):
        with pytest.raises(ValueError, match="choose one of"):
            make_agent(name, planner, config, generator)


def test_exploration_changes_what_an_agent_does():
    quiet, noisy = (
        Walker().walk(TrialsConfig("ant-motor", (Actor("zero"),), steps=5, exploration=Exploration(noise)).job(0))
        for noise in (0.0, 0.3)
    )
    assert not quiet.episode.actions.any() and noisy.episode.actions.std() > 0.05


@pytest.mark.parametrize(
    "wrong", [{"task": "ant-sea"}, {"actors": ()}, {"seeds": ()}, {"seeds": (-1,)}, {"steps": 0}, {"value": np.nan}]
)
def test_wrong_settings(wrong):
    with pytest.raises(ValueError):
        TrialsConfig(**{"task": "ant-slope", "actors": RANDOM, **wrong})


def test_settings_of_plans_at_every_step_are_those_of_older_collections():
    def settings(every):
        return TrialsConfig("ant-slope", RANDOM, exploration=Exploration(0.1, replan_every=every)).as_dict()

    assert settings(1)["exploration"] == {"deviation": 0.1, "exponent": 1.0}
    assert settings(4)["exploration"]["replan_every"] == 4
