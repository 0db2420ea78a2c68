"""Records as a run makes them."""

from __future__ import annotations

import numpy as np

from hyperdynamics_cli.drawing.outlines import outline_of
from hyperdynamics_cli.drawing.records import GoalRecord, Moment, Overlay, Pose, PushRecord, SceneRecord

PUSH = PushRecord(7, "pushing", 0.082, 0.041, 0.037, 23.0)


def scene(name: str = "mug/04", number: int = 1, obstacles: bool = False) -> SceneRecord:
    things = ((outline_of("camera/01"), Pose(0.02, 0.04, 0.4)), (outline_of("mit/tri1"), Pose(0.12, -0.14, 1.0)))
    return SceneRecord(
        number, outline_of(name), Pose(-0.1, 0.12, 0.8), (0.12, 0.02), things if obstacles else (), camera=3
    )


def path() -> np.ndarray:
    return np.array([[-0.1, 0.12], [-0.06, 0.1], [0.0, 0.11], [0.06, 0.08], [0.1, 0.03]])


def overlay() -> Overlay:
    rng = np.random.default_rng(0)
    candidates = tuple(
        np.array([0.06, 0.08]) + np.vstack(([0, 0], np.cumsum(rng.normal(0, 0.02, (6, 2)), 0))) for _ in range(30)
    )
    return Overlay(candidates, candidates[0], np.array([[0.06, 0.08], [0.11, 0.04]]), path()[:4])


def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (128, 128, 3), dtype=np.uint8)


def moment() -> Moment:
    return Moment(Pose(0.06, 0.08, 1.2), (0.0, 0.12), image(), None, overlay(), PUSH, "pushing", 0.082)


def goal(number: int = 1, success: bool = True, obstacles: bool = False, name: str = "mug/04") -> GoalRecord:
    return GoalRecord(
        scene(name, number, obstacles), path(), (PUSH,), success, "the object rests", 0.021, 9,
        Pose(0.1, 0.03, 1.5), image(), 0 if success else 1,
    )  # fmt: skip
