"""Plays a recorded goal again, finely, for the video.

The graph tells a state a step of 0.8 s. The simulator gives the same motion for the same commands, so the moments
between are simulated once more, beside the graph and not inside it, where drawing would cost planning time. Where the
replay leaves the recorded states (it should not), the rest is interpolated between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_cli.demo.recording import Recording, Step
from hyperdynamics_cli.demo.scenes import pose_of, scene_spec
from hyperdynamics_cli.drawing.records import Moment, Overlay
from sim_bridges.pushing.robot_files import KUKA_LINKS
from sim_bridges.pushing.world import PushWorld

Array = NDArray[np.float64]
AGREEMENT = 1e-4
"""Largest difference to a recorded place that counts as the same motion, m."""
PUSH_FRAMES = 4
"""Moments shown of a step in which the object may move."""
MOVE_FRAMES = 2
"""Of any other."""
SHORTEST = 190_000_000
"""States nearer than this to the one before are not shown, ns."""


@dataclass(frozen=True, eq=False)
class Instant:
    """State of the world at one moment of a replay."""

    state: Array
    """[16] push state."""
    joints: Array | None
    """[7] of the arm, rad; None: interpolated."""
    step: Step


def replay(recording: Recording, world: PushWorld) -> Iterator[Instant]:
    """Moments of a recorded goal, in order."""
    faithful = bool(recording.scene) and bool(recording.states)
    if faithful:
        first = recording.states[min(recording.states)]
        faithful = _same(world.reset(scene_spec(recording.scene)), first)
    for step in recording.steps(SHORTEST):
        frames = _frames(step, world.physics.step_seconds)
        instants = list(_simulate(world, step, frames)) if faithful and _is_whole(step, world) else []
        faithful = bool(instants) and _same(instants[-1].state, step.after)
        yield from instants if faithful else _interpolate(step, frames)


def _frames(step: Step, whole: float) -> int:
    """How many moments of a step are shown: in real time states come more often than once a push."""
    frames = PUSH_FRAMES if _may_move(step) else MOVE_FRAMES
    return max(1, round(frames * min(step.duration / whole, 1.0)))


def _is_whole(step: Step, world: PushWorld) -> bool:
    """Whether the step is one command of lockstep, which can be carried out again."""
    return step.command is not None and abs(step.duration - world.physics.step_seconds) < 1e-6


def _may_move(step: Step) -> bool:
    return step.feedback is not None and bool(np.linalg.norm(step.after[:2] - step.before[:2]) > 5e-4)


def _same(state: Array, other: Array) -> bool:
    return bool(np.abs(state[[0, 1, 2, 13, 14, 15]] - other[[0, 1, 2, 13, 14, 15]]).max() < AGREEMENT)


def _simulate(world: PushWorld, step: Step, frames: int) -> Iterator[Instant]:
    assert step.command is not None
    world.begin(step.command)
    for frame in range(frames):
        if frame == frames - 1:
            world.finish()
        else:
            world.advance(world.physics.step_seconds / frames)
        yield Instant(world.state(), joint_positions(world), step)


def joint_positions(world: PushWorld) -> Array | None:
    """[7] of the arm, rad; None for a robot without such an arm."""
    joints: Array = world.arm.angles()
    return joints if len(joints) == KUKA_LINKS else None


def _interpolate(step: Step, frames: int) -> Iterator[Instant]:
    for share in np.linspace(0.0, 1.0, frames + 1)[1:]:
        state = (1.0 - share) * step.before + share * step.after
        state[3:7] = state[3:7] if np.dot(step.before[3:7], step.after[3:7]) > 0 else step.after[3:7]
        state[3:7] /= np.linalg.norm(state[3:7])
        yield Instant(state, None, step)


def moment_of(instant: Instant, path: Array, goal: tuple[float, float]) -> Moment:
    """What a picture shows of an instant; path [n, 2]: where the object has been until then, m."""
    step, state = instant.step, instant.state
    overlay = Overlay(step.overlay.candidates, step.overlay.chosen, step.overlay.predicted, path)
    return Moment(
        pose_of(state),
        (float(state[13]), float(state[14])),
        overlay=overlay,
        push=step.feedback.push if step.feedback else None,
        phase=step.feedback.phase if step.feedback else "waiting",
        distance=float(np.linalg.norm(state[:2] - np.array(goal))),
    )
