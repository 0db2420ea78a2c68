"""``hyperdynamics demo push``: the whole node graph pushes objects it has never seen to goals."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.models import find_model
from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from hyperdynamics_cli.demo.goals import GoalPlan
    from hyperdynamics_cli.demo.recording import Recording
    from hyperdynamics_cli.drawing.records import GoalRecord
    from hyperdynamics_ros.launching.runner import Runner

START_SECONDS = 120.0
"""For the nodes to come up."""
PROBING = "each goal begins with probes, short pushes in random directions: how the object answers tells of its physics"
SCENES_BY = {"pybullet": "pybullet_bridge", "mujoco_cell": "mujoco_cell"}
"""Node that sets up scenes, by robot."""
N_VIEWS = 9
"""The paper's cameras."""


@dataclass(frozen=True)
class Options:
    """Push objects that were never seen in training to goals, through the whole node graph.

    Leaves summary.png, demo.mp4 and summary.json in the output folder. Exit code 0: it ran to the end (the figures
    say how well); 1: a node failed.
    """

    goals: int = 5
    """How many goals."""
    seed: int = 0
    """Of scenes, probes and candidates."""
    out: Path = Path("out/demo")
    """Folder for the results."""
    objects: tuple[str, ...] = ()
    """Names of objects, in this order over and over; see `hyperdynamics objects`. Default: novel ones. folder:PATH for
    your own meshes."""
    split: Literal["novel", "seen", "all"] = "novel"
    """Objects to choose from where none are named."""
    obstacles: Literal["some", "none", "all"] = "some"
    """Two obstacles in the way: in every fifth scene beginning with the third, in none, or in all."""
    variation: Literal["paper", "wide", "out-of-range"] = "paper"
    """Ranges of mass and friction."""
    camera: int = -1
    """View of the paper's nine, 0 to 8; -1: another one every time."""
    model: str = "models/push-hyperdynamics"
    """Checkpoint folder of the method."""
    perception_model: str = "models/push-perception"
    """Checkpoint folder of the detector."""
    robot: Literal["pybullet", "mujoco_cell"] = "pybullet"
    """pybullet: the simulated Kuka. mujoco_cell: a stand-in for hardware in another simulator, in real time; without
    obstacles and without a video."""
    first: int = 1
    """First goal to send: goals 41 to 100 with --goals 100 --first 41, where a run was cut off."""
    gui: bool = False
    """Show PyBullet's window."""
    no_video: bool = False
    """Leave the video out."""
    json: Path | None = None
    """Also write the figures to this file."""


def run(options: Options) -> int:
    """Start the graph, send the goals, stop the graph, leave the results."""
    from hyperdynamics_cli.demo.goals import plan_goals
    from hyperdynamics_cli.demo.results_folder import prepare_results

    check_writable(options.json)
    _check_numbers(options)
    obstacles = options.obstacles if options.robot == "pybullet" else "none"
    plans = plan_goals(options.goals, options.objects, options.split, obstacles, options.seed)[options.first - 1 :]
    for folder in (options.model, options.perception_model):
        find_model(folder)
    prepare_results(options.out)
    began = time.monotonic()
    records, recordings, failure = _push_all(options, plans)
    _leave_results(options, records, recordings, failure)
    if failure is not None:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    print(f"\nThe whole run took {time.monotonic() - began:.0f} s.")
    return 0


def _check_numbers(options: Options) -> None:
    """What the nodes would refuse half a minute later."""
    if not -1 <= options.camera < N_VIEWS:
        raise UserError(f"--camera is {options.camera}; it must be 0 to {N_VIEWS - 1}, or -1 for any")
    if not 0 <= options.seed < 2**31:
        raise UserError(f"--seed is {options.seed}; it must be 0 to {2**31 - 1}")
    if not 1 <= options.first <= max(options.goals, 1):
        raise UserError(f"--first is {options.first}; it must be 1 to --goals, {options.goals}")
    if options.robot == "mujoco_cell" and (options.gui or options.camera >= 0 or options.obstacles == "all"):
        raise UserError("--robot mujoco_cell has one camera, no window and no obstacles; leave --gui, --camera and "
                        "--obstacles all out")  # fmt: skip


def _push_all(options: Options, plans: list[GoalPlan]) -> tuple[list[GoalRecord], list[Recording], str | None]:
    """Every goal through the graph; what was done before a failure is kept, the failure comes in words."""
    from hyperdynamics_cli.demo.graph import GraphClient, GraphError, start_ros, stop_ros
    from hyperdynamics_cli.demo.running import GraphStopped, check_running
    from hyperdynamics_cli.demo.session import Session, SessionConfig, banner_of
    from hyperdynamics_cli.demo.video_process import VideoProcess

    records, recordings, cell = [], [], options.robot == "mujoco_cell"
    quiet = options.no_video or cell
    video = None if quiet else VideoProcess(options.out / "demo.mp4", len(plans), SessionConfig.tolerance)
    try:
        with _graph(options) as runner:
            start_ros()
            client = GraphClient(lambda: check_running(runner), SCENES_BY[options.robot])
            client.wait_until_ready(START_SECONDS)
            config = SessionConfig(options.split, options.variation, options.camera, cell=cell)
            session = Session(client, config, print)
            print(PROBING)
            for plan in plans:
                record, recording = session.run(plan, options.goals)
                records.append(record)
                recordings.append(recording)
                _leave_figures(options, records, len(plans), "cut off: not all goals were sent")
                if video is not None:
                    video.add(recording, banner_of(record))
            stop_ros(client)
    except (GraphError, GraphStopped) as error:
        if video is not None:
            video.stop()
        return records, recordings, str(error)
    except BaseException:
        if video is not None:
            video.stop()
        raise
    if video is not None:
        print("drawing the rest of the video ...")
        if not video.finish():
            return records, recordings, "the video could not be drawn; see the lines above, or give --no-video"
    return records, recordings, None


def _graph(options: Options) -> AbstractContextManager[Runner]:
    """The launch file's nodes."""
    from hyperdynamics_cli.demo.running import running_graph

    arguments = {
        "robot": options.robot,
        "split": options.split,
        "seed": str(options.seed),
        "camera": str(options.camera),
        "gui": str(options.gui).lower(),
        "model": options.model,
        "perception_model": options.perception_model,
    }
    return running_graph("push", arguments, options.out / "log")


def _leave_results(
    options: Options, records: list[GoalRecord], recordings: list[Recording], failure: str | None
) -> None:
    """Also of a run that failed: it says so itself, and whoever reads --json alone must not take it for a whole one."""
    from hyperdynamics_cli.demo.pictures import save_summary
    from hyperdynamics_cli.demo.report import closing_line

    asked = options.goals - options.first + 1
    _leave_figures(options, records, asked, failure)
    if records:
        save_summary(options.out / "summary.png", records, recordings, asked)
    print(f"\n{closing_line(records, asked)}; results in {options.out}")


def _leave_figures(options: Options, records: list[GoalRecord], asked: int, failure: str | None) -> None:
    from hyperdynamics_cli.demo.report import summary

    figures = summary(records, options.seed, asked, failure)
    write_json(options.out / "summary.json", figures)
    write_json(options.json, figures)
