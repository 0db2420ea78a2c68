"""Executable ``push_client`` of the launch file: sends goals to the controller, reports them, ends after the last.

Its parameters are those of the launch file: goal (x,y in metres, or random), goals, simulated, scenes_by, record_video.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from hyperdynamics_ros.environment import prepare_environment

READY_SECONDS = 120.0
"""For the graph to come up."""
RANDOM = "random"
NAME = "push_client"
BRIDGE = "pybullet_bridge"
INVALID_GOAL = 8
"""Result code of the action for a goal that cannot be pursued at all."""


@dataclass(frozen=True)
class ClientSettings:
    """What the client was started with."""

    goal: tuple[float, float] | None
    """m; None: one that suits the scene."""
    goals: int
    """How many."""
    simulated: bool
    """Whether a node is there to set up scenes."""
    video: Path | None
    """File for a video; None: none."""
    scenes_by: str = BRIDGE
    """Name of the node that sets up scenes."""


def main() -> NoReturn:
    """Run until the last goal, Ctrl-C or a failure. Exit code 0: all were pursued; 1: one was refused, or a failure."""
    prepare_environment()
    try:
        code = _run()
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)


def _run() -> int:
    from hyperdynamics_cli.demo.graph import GraphClient, GraphError, start_ros, stop_ros

    client = None
    try:
        start_ros(sys.argv)
        settings = read_own_settings()
        client = GraphClient(lambda: None, settings.scenes_by)
        client.wait_until_ready(READY_SECONDS, bridge=settings.simulated)
        send_goals(client, settings)
        return 0
    except (GraphError, ValueError) as error:
        print(f"push_client: error: {error}", file=sys.stderr)
        return 1
    finally:
        stop_ros(client)


def read_own_settings() -> ClientSettings:
    """The parameters that this process was given; see ``read_settings``."""
    import rclpy

    node = rclpy.create_node(NAME)
    try:
        return read_settings(node)
    finally:
        node.destroy_node()


def read_settings(node: Any) -> ClientSettings:
    """Declare and check the parameters.

    Raises:
        ValueError: a value breaks its rule.
    """
    values = {
        name: node.declare_parameter(name, default).value
        for name, default in (
            ("goal", RANDOM), ("goals", 1), ("simulated", True), ("scenes_by", BRIDGE), ("record_video", "")
        )
    }  # fmt: skip
    goal = parse_goal(values["goal"])
    if values["goals"] < 1:
        raise ValueError(f"goals is {values['goals']}; it must be 1 or more")
    if goal is None and not values["simulated"]:
        raise ValueError("goal:=random needs the simulated robot, which knows the scene; give goal:=x,y")
    if values["record_video"] and not (values["simulated"] and values["scenes_by"] == BRIDGE):
        raise ValueError(
            f"record_video:={values['record_video']} needs the simulated robot, which plays its pushes again; leave it "
            "out with robot:=external and robot:=mujoco_cell"
        )
    video = Path(values["record_video"]) if values["record_video"] else None
    return ClientSettings(goal, values["goals"], values["simulated"], video, values["scenes_by"])


def parse_goal(words: str) -> tuple[float, float] | None:
    """``x,y`` in metres; None for ``random``.

    Raises:
        ValueError: anything else.
    """
    if words == RANDOM:
        return None
    parts = words.split(",")
    try:
        x, y = (float(part) for part in parts)
    except ValueError:
        raise ValueError(f"goal is {words!r}; it must be x,y in metres, such as 0.1,-0.05, or {RANDOM}") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError(f"goal is {words!r}; x and y must be finite")
    return x, y


def send_goals(client: Any, settings: ClientSettings) -> None:
    """Send every goal, each but the first in a new scene where there is a bridge.

    Raises:
        GraphError: the graph does not answer.
        ValueError: a goal was refused, or the video could not be written.
    """
    from hyperdynamics_cli.demo.session import Session, SessionConfig, banner_of
    from hyperdynamics_cli.demo.video_process import VideoProcess

    session = Session(client, SessionConfig(), lambda line: print(line, flush=True))
    tolerance = session.config.tolerance
    video = VideoProcess(settings.video, settings.goals, tolerance) if settings.video else None
    for number in range(1, settings.goals + 1):
        words: dict[str, Any] = {}
        if settings.simulated:
            words = client.present_scene() if number == 1 else client.new_scene()
        record, recording = session.push(words, settings.goal, number, settings.goals)
        if record.code == INVALID_GOAL:
            raise ValueError(f"the goal was refused: {record.message}")
        if video is not None:
            video.add(recording, banner_of(record))
    if video is not None and not video.finish():
        raise ValueError(f"the video {settings.video} could not be written; see the lines above")


if __name__ == "__main__":
    main()
