"""One episode of the bridge: which scene is drawn, from which camera it is seen, and the words about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from sim_bridges.pushing.cameras import N_VIEWS, paper_camera
from sim_bridges.pushing.objects import load_object, object_names
from sim_bridges.pushing.physics import PhysicsSettings
from sim_bridges.pushing.policy import push_box
from sim_bridges.pushing.rendering import Body, Renderer, yaw_quaternion
from sim_bridges.pushing.scene import SceneSpec, sample_goal, sample_obstacle_scene, sample_scene
from sim_bridges.pushing.spectator import Spectator
from sim_bridges.pushing.variation import SystemSpec


@dataclass(frozen=True)
class Episode:
    """What one reset gave."""

    number: int
    """Raised by one with every reset."""
    scene: SceneSpec
    """Where everything stands at the start."""
    goal: tuple[float, float]
    """A goal that suits the scene, m."""
    view: int
    """Number of the camera."""
    camera: Camera

    def as_json(self) -> str:
        """Scene, the object's box in its own frame, goal and camera in one line, for people, demos, push_explorer."""
        box = asdict(push_box(load_object(self.scene.system.object)))
        words = {"goal": list(self.goal), "camera": self.view, "box": {name: box[name] for name in ("centre", "half")}}
        return json.dumps({"episode": self.number, **asdict(self.scene), **words})


class EpisodeSource:
    """Draws episodes; the n-th of a seed is the same whatever happened before.

    It is also the scene, goal and view of trial n with that seed in ``sim_bridges.pushing.control_trials``, so that the
    graph and the evaluation in one process can be compared goal by goal.
    """

    def __init__(self, physics: PhysicsSettings) -> None:
        self._physics = physics
        self._count = 0
        self._seed: int | None = None
        self._drawn = 0

    def draw(self, settings: Mapping[str, Any]) -> Episode:
        """An episode for the bridge's parameters: object, split, variation, obstacles, seed, camera, image_size, and
        repeat (1 where it is not given) and region (the whole table).

        Raises:
            ValueError: an unknown object, or no scene for it.
        """
        seed = settings["seed"]
        drawn = self._drawn if seed == self._seed else 0
        scene, goal = self._repeated(settings, seed, *divmod(drawn, settings.get("repeat", 1)))
        view = settings["camera"]
        if view < 0:
            view = int(np.random.default_rng([seed, drawn, 1]).integers(N_VIEWS))
        self._seed, self._drawn, self._count = seed, drawn + 1, self._count + 1
        return Episode(self._count, scene, goal, view, paper_camera(view, settings["image_size"]))

    def _repeated(
        self, settings: Mapping[str, Any], seed: int, number: int, again: int
    ) -> tuple[SceneSpec, tuple[float, float]]:
        """Scene ``number`` of a seed, or its system from another start: its repetition ``again``, 0 for none."""
        scene, goal = self._scene(settings, np.random.default_rng([seed, number, 0]))
        if not again:
            return scene, goal
        return self._scene(settings, np.random.default_rng([seed, number, 0, again]), scene.system)

    def _scene(
        self, settings: Mapping[str, Any], rng: np.random.Generator, system: SystemSpec | None = None
    ) -> tuple[SceneSpec, tuple[float, float]]:
        names = [settings["object"]] if settings["object"] else object_names(settings["split"])
        if settings["obstacles"]:
            return sample_obstacle_scene(rng, names, settings["variation"], self._physics, system=system)
        region = settings.get("region") or None
        scene = sample_scene(rng, names, settings["variation"], self._physics, system, region)
        return scene, sample_goal(rng, scene, self._physics)


class EpisodeCamera:
    """The episode's camera: RGB-D of the object at its present pose, the obstacles and the rod; and a spectator."""

    def __init__(self) -> None:
        self._renderer = Renderer()
        self._spectator: Spectator | None = None

    def bodies(self, episode: Episode, state: NDArray[np.float64]) -> list[Body]:
        """The object at its pose in a push state [16], then the obstacles."""
        item = load_object(episode.scene.system.object)
        bodies = [Body(item, state[0:3], state[3:7], item.colour)]
        for obstacle in episode.scene.obstacles:
            other = load_object(obstacle.object)
            position = np.array((obstacle.x, obstacle.y, other.rest_height))
            bodies.append(Body(other, position, yaw_quaternion(obstacle.yaw), other.colour))
        return bodies

    def frame(self, episode: Episode, state: NDArray[np.float64]) -> RgbdFrame:
        """What the episode's camera sees at a push state [16]."""
        return self._renderer.render(self.bodies(episode, state), state[13:16], episode.camera).frame

    def spectator(
        self, episode: Episode, state: NDArray[np.float64], joints: NDArray[np.float64] | None
    ) -> NDArray[np.uint8]:
        """Picture [H, W, 3] of the scene with the whole arm at its joint positions [7] (None: the rod alone)."""
        if self._spectator is None:
            self._spectator = Spectator()
        return self._spectator.render(self.bodies(episode, state), joints, state[13:16])
