"""What is read out of the bridge's words about a scene, and what is refused."""

from __future__ import annotations

import json

import pytest
from std_msgs.msg import String

from hyperdynamics_ros.checks import MessageRefused
from hyperdynamics_ros.scene_words import check_scene, scene_words
from sim_bridges.bridge_episode import EpisodeSource
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.physics import KUKA
from sim_bridges.pushing.policy import push_box

SETTINGS = {"object": "", "split": "novel", "variation": "wide", "obstacles": False, "seed": 3, "camera": -1,
            "image_size": 64}  # fmt: skip


@pytest.mark.parametrize("obstacles", [False, True])
def test_the_bridges_own_words_are_understood_and_repeat_a_system(obstacles):
    source, plain = EpisodeSource(KUKA), EpisodeSource(KUKA)
    settings = SETTINGS | {"obstacles": obstacles, "repeat": 3}
    episodes = [source.draw(settings) for _ in range(4)]
    words = [scene_words(String(data=episode.as_json())) for episode in episodes]
    assert [each.episode for each in words] == [1, 2, 3, 4]
    assert words[0].system == words[1].system == words[2].system != words[3].system
    assert len({(episode.scene.x, episode.scene.y) for episode in episodes}) == 4, "each from another start"
    assert words[0].box == push_box(load_object(words[0].system.object))
    # The scene that begins each system is the one that there is without repetition.
    assert episodes[0].scene == plain.draw(SETTINGS | {"obstacles": obstacles}).scene
    assert episodes[3].scene == plain.draw(SETTINGS | {"obstacles": obstacles, "repeat": 1}).scene


def test_objects_start_in_the_region():
    source = EpisodeSource(KUKA)
    scenes = [source.draw(SETTINGS | {"region": 0.05}).scene for _ in range(5)]
    assert max(max(abs(scene.x), abs(scene.y)) for scene in scenes) <= 0.05


GOOD = {"episode": 1, "system": {"object": "mug/01", "mass": 500.0, "friction": 1e-3, "com_offset": [0.0, 0.0, 0.0]}}


@pytest.mark.parametrize(
    "words",
    [
        "mug/01",
        "[1]",
        json.dumps({"episode": 1}),
        json.dumps(GOOD | {"episode": "one"}),
        json.dumps(GOOD | {"system": GOOD["system"] | {"mass": float("nan")}}),
        json.dumps(GOOD | {"system": GOOD["system"] | {"com_offset": [0.0]}}),
        json.dumps(GOOD | {"box": {"centre": [0.0, 0.0]}}),
    ],
)
def test_other_words_are_refused(words):
    with pytest.raises(MessageRefused):
        check_scene(String(data=words))


def test_a_scene_without_a_box_is_of_use():
    assert scene_words(String(data=json.dumps(GOOD))).box is None
