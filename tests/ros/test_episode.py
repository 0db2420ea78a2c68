"""Which scenes the bridge draws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim_bridges.bridge_episode import EpisodeCamera, EpisodeSource
from sim_bridges.pushing.control_trials import PushTrials, PushTrialsConfig
from sim_bridges.pushing.physics import KUKA
from sim_bridges.pushing.world import PushWorld

SETTINGS = {
    "object": "",
    "split": "novel",
    "variation": "paper",
    "obstacles": False,
    "seed": 3,
    "camera": -1,
    "image_size": 64,
}


@pytest.mark.parametrize("obstacles", [False, True])
def test_the_nth_episode_of_a_seed_is_the_evaluations_nth_trial(obstacles, models):
    source = EpisodeSource(KUKA)
    task = "obstacles" if obstacles else "reach"
    trials = PushTrials(PushTrialsConfig(Path(models["method"]), task=task, oracle_pose=True))
    for index in range(2):
        episode = source.draw(SETTINGS | {"obstacles": obstacles})
        scene, goal = trials.scene(index, 3)
        assert (episode.scene, episode.goal) == (scene, goal)
        assert episode.view == trials._view(index, 3)


def test_numbers_go_up_and_words_are_json():
    source = EpisodeSource(KUKA)
    first, second = source.draw(SETTINGS), source.draw(SETTINGS | {"object": "mug/05", "camera": 2})
    assert (first.number, second.number) == (1, 2)
    words = json.loads(second.as_json())
    assert words["system"]["object"] == "mug/05" and words["camera"] == 2 and second.camera.width == 64


def test_the_camera_sees_the_object_and_the_spectator_the_arm():
    episode = EpisodeSource(KUKA).draw(SETTINGS | {"obstacles": True})
    world, camera = PushWorld(KUKA), EpisodeCamera()
    state = world.reset(episode.scene)
    frame = camera.frame(episode, state)
    assert frame.rgb.shape == (64, 64, 3) and len(camera.bodies(episode, state)) == 3
    picture = camera.spectator(episode, state, world.arm.angles())
    without = camera.spectator(episode, state, None)
    assert picture.shape == without.shape and np.abs(picture.astype(int) - without).max() > 50
    world.close()
