"""``hyperdynamics demo locomotion``: the whole node graph walks on ground that nobody tells it of."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.locomotion import Planner, Robot, Split, Terrain, find_legged_model
from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hyperdynamics_cli.demo.walk_recording import WalkRecording

START_SECONDS = 180.0
"""For the nodes to come up."""
SETTLE_SECONDS = 0.5
"""For the messages of the last moment."""
EPISODE_STEPS = 500
"""Steps that are walked where neither distance nor duration is given: an episode."""
LIMIT = 60.0
"""Of a walk that was given a distance alone, s of the robot's time."""
WALL_SECONDS = 3600.0
"""Of wall time for the walk."""


@dataclass(frozen=True)
class Options:
    """Walk through the whole node graph on ground, or with a robot, that training has not seen.

    Leaves demo.mp4, summary.png and summary.json in the output folder. Exit code 0: it walked to the end (the
    figures say how well); 1: a node failed or the walk was broken off.
    """

    robot: Robot = "ant"
    """Who walks."""
    terrain: Terrain = "pier"
    """On what; cripple and motor: flat ground with a changed robot."""
    split: Split = "novel"
    """Hidden values: those held out from training, or those trained with."""
    value: float | None = None
    """Hidden value of the whole track instead of drawn ones: slope's height in m over 15 m (below 0: it falls), pier's
    damping ratio, number of the crippled joint (-1: none), motor strength."""
    seed: int = 0
    """Of episode and candidates."""
    planner: Planner | Literal["auto"] = "auto"
    """How action sequences are searched; auto: what walks best with the robot."""
    candidates: int = 500
    """Sequences in one plan."""
    model: Path | None = None
    """Checkpoint folder of the method. Default: models/ROBOT-TERRAIN."""
    distance: float | None = None
    """To walk along x, m, within a minute of the robot's time unless --duration says otherwise."""
    duration: float | None = None
    """To walk, s of the robot's time. Default: 500 steps."""
    no_video: bool = False
    """Leave the video out."""
    out: Path = Path("out/locomotion")
    """Folder for the results."""
    json: Path | None = None
    """Also write the figures to this file."""


def run(options: Options) -> int:
    """Start the graph, walk, stop the graph, leave the results."""
    from hyperdynamics_cli.demo.results_folder import prepare_results

    check_writable(options.json)
    _prepare_drawing(options)
    _check(options)
    model = find_legged_model(options.model, options.robot, options.terrain, for_nodes=True)
    prepare_results(options.out)
    began = time.monotonic()
    recording, failure = _walk(options, model)
    if recording.result is not None:
        failure = _conclude(options, recording, model) or failure
    if failure is not None:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    print(f"The whole run took {time.monotonic() - began:.0f} s.")
    return 0


def _conclude(options: Options, recording: WalkRecording, model: Path) -> str | None:
    """Leave and say the results; why the walk counts as failed, in words, None: it does not."""
    from hyperdynamics_cli.demo.walk_report import closing_words

    if recording.result.steps > 0 and recording.steps == 0:
        return "no state of the walk was heard; see the logs"
    figures = _leave_results(options, recording, model)
    if recording.steps == 0:
        return f"the walk ended before its first step with {figures['code']}: {figures['message']}"
    print(f"\n{closing_words(figures)}\nresults in {options.out}")
    if figures["code"] not in ("SUCCESS", "TIME_OUT"):
        return f"the walk was broken off: {figures['message']}"
    return None


def _prepare_drawing(options: Options) -> None:
    """Notice before the walk that no video can be drawn.

    Raises:
        UserError: there is no offscreen OpenGL.
    """
    import sim_bridges.locomotion  # noqa: F401 - chooses MuJoCo's OpenGL

    if not options.no_video and sys.platform == "linux" and "MUJOCO_GL" not in os.environ:
        raise UserError("no offscreen OpenGL for the video; install libegl1 and libgl1-mesa-dri, or give --no-video")


def _check(options: Options) -> None:
    """What the nodes would refuse half a minute later.

    Raises:
        UserError: a number that the nodes do not take.
        ValueError: a value outside physical sense.
    """
    from hyperdynamics_ros.checks.legged import MAX_WALK
    from sim_bridges.locomotion.tasks import task_named

    task = task_named(f"{options.robot}-{options.terrain}")
    if options.value is not None:
        task.properties[0].check(options.value)
    if not 0 <= options.seed < 2**31:
        raise UserError(f"--seed is {options.seed}; it must be 0 to {2**31 - 1}")
    if not 2 <= options.candidates <= 100_000:
        raise UserError(f"--candidates is {options.candidates}; it must be 2 to 100000")
    for name, given in (("distance", options.distance), ("duration", options.duration)):
        if given is not None and not 0.0 < given <= MAX_WALK:
            raise UserError(f"--{name} is {given}; it must be more than 0 and at most {MAX_WALK:g}")
    if options.duration is not None and options.duration < task.system.dt:
        raise UserError(f"--duration is {options.duration} s; a step of the {options.robot} takes {task.system.dt} s")


def _goal(options: Options) -> tuple[float, float]:
    """Distance and duration as the action takes them."""
    from hyperdynamics_core.systems.legged import LEGGED

    limit = LIMIT if options.distance is not None else EPISODE_STEPS * LEGGED[options.robot].dt
    return options.distance or 0.0, options.duration or limit


def _walk(options: Options, model: Path) -> tuple[WalkRecording, str | None]:
    """Through the graph; what was heard before a failure is kept, the failure comes in words."""
    from hyperdynamics_cli.demo.running import GraphStopped, check_running, running_graph
    from hyperdynamics_cli.demo.walk_client import WalkError
    from hyperdynamics_cli.demo.walk_recording import WalkRecording

    recording = WalkRecording(options.robot)
    try:
        with running_graph("locomotion", _arguments(options, model), options.out / "log") as runner:
            _send(options, recording, lambda: check_running(runner))
    except (WalkError, GraphStopped) as error:
        return recording, str(error)
    return recording, None


def _arguments(options: Options, model: Path) -> dict[str, str]:
    """Of the launch file."""
    from hyperdynamics_core.planning.sequences import SequencePlannerConfig

    return {
        "robot": options.robot,
        "terrain": options.terrain,
        "split": options.split,
        "value": "" if options.value is None else str(options.value),
        "seed": str(options.seed),
        "planner": options.planner,
        "candidates": str(options.candidates),
        "upright": str(SequencePlannerConfig().for_model(_trained(model)).upright),
        "model": str(model.resolve()),
    }


def _trained(model: Path) -> Mapping[str, Any]:
    """How a model was trained."""
    from hyperdynamics_core.checkpoints import load_checkpoint
    from hyperdynamics_core.methods.storage import KIND

    return load_checkpoint(model, KIND).info.config


def _send(options: Options, recording: WalkRecording, check: Any) -> None:
    """One goal; its feedback is told, everything is recorded."""
    import rclpy
    from rclpy.signals import SignalHandlerOptions

    from hyperdynamics_cli.demo.walk_client import WalkClient
    from hyperdynamics_cli.demo.walk_recording import WalkRecorder
    from hyperdynamics_cli.demo.walk_report import WalkTeller

    rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
    node = rclpy.create_node("walk_client")
    try:
        recorder = WalkRecorder(node, recording)
        client = WalkClient(node, check)
        client.wait_until_ready(START_SECONDS)
        client.wait(lambda: bool(recording.scene and recording.states), START_SECONDS, "the bridge's first state")
        _introduce(options, recording)
        teller = WalkTeller(recording, print)

        def tell(feedback: Any) -> None:
            recorder.tell(feedback)
            teller()

        recording.result = client.walk(*_goal(options), tell, WALL_SECONDS)
        until = time.monotonic() + SETTLE_SECONDS
        client.wait(lambda: time.monotonic() > until, START_SECONDS, "the last messages")
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


def _introduce(options: Options, recording: WalkRecording) -> None:
    from hyperdynamics_cli.demo.walk_charts import ground_words, known_words
    from hyperdynamics_cli.demo.walk_replay import spec_of

    spec = spec_of(recording)
    distance, duration = _goal(options)
    aim = f"{distance:g} m within {duration:g} s" if distance else f"for {duration:g} s"
    print(f"{spec.task}, {known_words(spec)} ({ground_words(spec)}), which nobody tells the robot; walking {aim}")


def _leave_results(options: Options, recording: WalkRecording, model: Path) -> dict[str, Any]:
    """summary.json first, so that nothing that was measured is lost where no picture can be drawn."""
    from hyperdynamics_cli.demo.walk_replay import replay, spec_of
    from hyperdynamics_cli.demo.walk_report import walk_figures
    from hyperdynamics_cli.demo.walk_summary import save_walk_summary

    track, spec = replay(recording), spec_of(recording)
    figures = {
        **walk_figures(recording),
        "task": spec.task, "split": spec.split, "value": options.value, "seeds": [options.seed], "model": str(model),
        "planner": _planner(options), "hidden": spec.values, "trials": 1, "replay_corrected": track.corrected,
    }  # fmt: skip
    write_json(options.out / "summary.json", figures)
    write_json(options.json, figures)
    if recording.steps == 0:
        return figures
    stills = [] if options.no_video else _film(options, recording, track)
    save_walk_summary(options.out / "summary.png", recording, track, figures, stills)
    return figures


def _planner(options: Options) -> str:
    """Which search the controller took."""
    from hyperdynamics_core.planning.sequences import AUTO
    from hyperdynamics_core.systems.legged import LEGGED

    return LEGGED[options.robot].planner if options.planner == AUTO else options.planner


def _film(options: Options, recording: WalkRecording, track: Any) -> list[Any]:
    """Write the video; returns pictures for the summary."""
    from hyperdynamics_cli.demo.walk_film import WalkFilm

    print("drawing the video ...")
    film = WalkFilm(recording, track)
    try:
        film.write(options.out / "demo.mp4")
    except RuntimeError as error:
        print(f"the video could not be drawn: {error}", file=sys.stderr)
    return film.stills
