"""Recorded goals to video frames: the scene with the arm beside the plan from above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hyperdynamics_cli.demo.recording import Recording
from hyperdynamics_cli.demo.replay import Instant, moment_of, replay
from hyperdynamics_cli.demo.scenes import scene_record, scene_spec
from hyperdynamics_cli.drawing.frame import INSET, PANEL, Banner, draw_frame
from hyperdynamics_cli.drawing.records import Image, Moment
from sim_bridges.pushing.cameras import look_at, paper_camera
from sim_bridges.pushing.objects import load_object, object_names
from sim_bridges.pushing.rendering import Body, Renderer, yaw_quaternion
from sim_bridges.pushing.scene import SceneSpec
from sim_bridges.pushing.spectator import VIEWPOINT, Spectator
from sim_bridges.pushing.world import PushWorld

FRAME_RATE = 15.0
"""Frames a second; a step of 0.8 s has four: three times as fast as it happened."""
TARGET = np.array([-0.04, 0.0, 0.03])
"""The picture's centre, m: table and arm in view."""
FIELD_OF_VIEW = np.deg2rad(44.0)
END_FRAMES = 24
"""The result stays this long."""


class Film:
    """Draws recorded goals; keeps what is costly to make."""

    def __init__(self, tolerance: float, world: PushWorld | None = None) -> None:
        """tolerance: distance to a goal that counts as reached, m."""
        self._tolerance = tolerance
        self._world = world or PushWorld()
        camera = look_at(VIEWPOINT, TARGET, PANEL, PANEL, FIELD_OF_VIEW)
        self._spectator = Spectator(camera, supersampling=1)
        self._renderer = Renderer()

    def frames(self, recording: Recording, goals: int, banner: Banner) -> Iterator[Image]:
        """Frames [720, 1280, 3] of a goal, the result at the end."""
        scene = scene_record(recording, self._tolerance)
        subtitle = subtitle_of(recording)
        moment = None
        path: list[np.ndarray] = []
        for instant in replay(recording, self._world):
            path = [*path, instant.state[:2]]
            moment = self.moment(recording, instant, np.array(path))
            yield draw_frame(scene, moment, goals, subtitle)
        if moment is not None:
            last = draw_frame(scene, _at_rest(moment), goals, subtitle, banner)
            yield from (last for _ in range(END_FRAMES))

    def moment(self, recording: Recording, instant: Instant, path: np.ndarray) -> Moment:
        """What a frame shows of an instant, with both pictures of the scene."""
        bodies = bodies_of(scene_spec(recording.scene), instant.state)
        picture = self._spectator.render(bodies, instant.joints, instant.state[13:16])
        view = paper_camera(max(int(recording.scene.get("camera", 0)), 0), INSET)
        seen = self._renderer.render(bodies, instant.state[13:16], view).frame.rgb
        return replace(moment_of(instant, path, recording.goal), image=picture, inset=seen)

    def close(self) -> None:
        """Disconnect from the simulator."""
        self._world.close()


def bodies_of(scene: SceneSpec, state: np.ndarray) -> list[Body]:
    """The object at its pose in a push state [16], then the obstacles."""
    item = load_object(scene.system.object)
    bodies = [Body(item, state[0:3], state[3:7], item.colour)]
    for obstacle in scene.obstacles:
        other = load_object(obstacle.object)
        position = np.array((obstacle.x, obstacle.y, other.rest_height))
        bodies.append(Body(other, position, yaw_quaternion(obstacle.yaw), other.colour))
    return bodies


def subtitle_of(recording: Recording) -> str:
    """Whether training has seen the object, and its mass, which nobody tells the controller."""
    system = recording.scene["system"]
    seen = "seen in training" if system["object"] in object_names("seen") else "never seen in training"
    return f"{seen}; {system['mass']:.0f} kg, unknown to the controller"


def _at_rest(moment: Moment) -> Moment:
    """Without what was planned."""
    return replace(moment, overlay=replace(moment.overlay, candidates=(), chosen=None, predicted=None))


def final_picture(recording: Recording, state: np.ndarray, size: int) -> Image:
    """The scene at its end as the recording's camera sees it, large."""
    bodies = bodies_of(scene_spec(recording.scene), state)
    camera = paper_camera(max(int(recording.scene.get("camera", 0)), 0), size)
    return Renderer().render(bodies, state[13:16], camera).frame.rgb
