"""What the MuJoCo bridge says about a moment: joints, odometry, clock, hidden truth, picture; all with one stamp."""

from __future__ import annotations

from typing import Any

import numpy as np
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Float64MultiArray, String, UInt32

from hyperdynamics_core.systems.legged import LeggedSystem
from hyperdynamics_ros.conversions.arrays import time_message
from hyperdynamics_ros.conversions.commands import stamped_numbers
from hyperdynamics_ros.conversions.images import color_message
from hyperdynamics_ros.conversions.legged import joint_state_message, odometry_message
from hyperdynamics_ros.node import IMAGES, LATCHED, CheckedNode
from sim_bridges.legged_episode import LeggedEpisode
from sim_bridges.locomotion.world import LeggedWorld

Array = NDArray[np.float64]


class LeggedPublisher:
    """Publishers of the bridge."""

    def __init__(self, node: CheckedNode, picture_size: tuple[int, int]) -> None:
        """picture_size: width and height, pixels."""
        self._width, self._height = picture_size
        self._joints = node.talk(JointState, "joint_states")
        self._odometry = node.talk(Odometry, "odom")
        self._clock = node.talk(Clock, "/clock")
        self._episode = node.talk(UInt32, "episode", LATCHED)
        self._scene = node.talk(String, "scene", LATCHED)
        self._truth = node.talk(Float64MultiArray, "terrain/truth")
        self._pictures = node.talk(Image, "spectator/image_raw", IMAGES)
        self._renderer: Any = None

    def episode(self, episode: LeggedEpisode, stamp: int) -> None:
        """A new episode: the time it begins at, its number, and all about it in words."""
        self._clock.publish(Clock(clock=time_message(stamp)))
        self._episode.publish(UInt32(data=episode.number))
        self._scene.publish(String(data=episode.as_json()))

    def state(self, system: LeggedSystem, state: Array, torques: Array, stamp: int) -> None:
        """Joints and base at one moment, with the torques [n_a] (N m) of the step that ended; then the clock."""
        self._odometry.publish(odometry_message(system, state, stamp))
        self._joints.publish(joint_state_message(system, state, torques, stamp))
        self._clock.publish(Clock(clock=time_message(stamp)))

    def truth(self, world: LeggedWorld, stamp: int) -> None:
        """The true hidden values, for plots; only while somebody looks."""
        if self._truth.wanted:
            self._truth.publish(stamped_numbers(world.hidden(), stamp))

    def close(self) -> None:
        """Let the renderer go, if there is one."""
        if self._renderer is not None:
            self._renderer.close()

    def picture(self, world: LeggedWorld, stamp: int) -> None:
        """The robot on its ground; painted only while somebody looks."""
        if not self._pictures.wanted:
            return
        if self._renderer is None:
            # MuJoCo's renderer needs a graphics context, which not every machine that runs the bridge has.
            from sim_bridges.locomotion.renderer import LeggedRenderer

            self._renderer = LeggedRenderer()
        pixels = self._renderer.frame(world, self._width, self._height)
        self._pictures.publish(color_message(pixels, stamp, "spectator_optical"))
