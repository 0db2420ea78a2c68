"""Scenes: where object, rod, goal and obstacles stand (section A.1). World frame, metres, radians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Point, Polygon, box

from sim_bridges.pushing.objects import load_object, object_names
from sim_bridges.pushing.physics import KUKA, PhysicsSettings
from sim_bridges.pushing.variation import SystemSpec, sample_system

Array = NDArray[np.float64]
T = TypeVar("T")
ROD_CLEARANCE = 0.005
"""Gap between the rod's surface and any footprint at the start, m."""
START_DISTANCE = (0.06, 0.10)
"""Distance of the rod's tip from the object's centre at the start, m (section A.1)."""
GOAL_DISTANCE = 0.25
"""Farthest goal of a free push, m."""
OBSTACLE_GOAL_DISTANCE = (0.24, 0.40)
OBSTACLE_PERTURBATION = 0.02
OBSTACLE_SPACING = (0.15, 0.25)
ATTEMPTS = 2000


@dataclass(frozen=True)
class Obstacle:
    """An object that must not be touched; it does not move."""

    object: str
    """Name of the object."""
    x: float
    """m."""
    y: float
    """m."""
    yaw: float
    """rad."""


@dataclass(frozen=True)
class SceneSpec:
    """All that a world is reset to."""

    system: SystemSpec
    """The object and its hidden properties."""
    x: float
    """Object's centroid, m."""
    y: float
    """Object's centroid, m."""
    yaw: float
    """Object's heading, rad."""
    end_effector: tuple[float, float]
    """Rod's tip, m; its height is the physics' tip height."""
    obstacles: tuple[Obstacle, ...] = field(default=())
    """At most a few."""


def footprint_at(name: str, x: float, y: float, yaw: float) -> Polygon:
    """Outline of an object on the table, world frame, m."""
    outline = load_object(name).footprint
    return affinity.translate(affinity.rotate(outline, yaw, origin=(0, 0), use_radians=True), x, y)


def scene_footprint(scene: SceneSpec) -> Polygon:
    """Outline of the scene's object, world frame, m."""
    return footprint_at(scene.system.object, scene.x, scene.y, scene.yaw)


def table_outline(physics: PhysicsSettings = KUKA) -> Polygon:
    """The table's top, world frame, m."""
    half = physics.table_size / 2
    return box(-half, -half, half, half)


def sample_scene(
    rng: np.random.Generator,
    names: Sequence[str] | None = None,
    variation: str = "paper",
    physics: PhysicsSettings = KUKA,
    system: SystemSpec | None = None,
    region: float | None = None,
) -> SceneSpec:
    """An object anywhere on the table within reach, the rod 6-10 cm from its centre and clear of it.

    Args:
        rng: source of every draw.
        names: objects to choose from; all 31 by default.
        variation: ranges of mass, friction and centre of mass, unless `system` is given.
        physics: decides table and reach.
        system: the object and its properties, where they are given.
        region: the object's centroid stays this close to the table's centre along x and y, m; by default the object
            may stand anywhere on the table.

    Raises:
        ValueError: no such scene was found (an object as large as the table).
    """
    system = system or sample_system(rng, names or object_names(), variation)
    return _first(lambda: _try_scene(rng, system, physics, region), f"a start for {system.object}")


def _try_scene(
    rng: np.random.Generator, system: SystemSpec, physics: PhysicsSettings, region: float | None
) -> SceneSpec | None:
    half = physics.table_size / 2 if region is None else region
    x, y = (float(value) for value in rng.uniform(-half, half, 2))
    yaw = float(rng.uniform(-np.pi, np.pi))
    outline = footprint_at(system.object, x, y, yaw)
    if not (table_outline(physics).contains(outline) and physics.reachable((x, y))):
        return None
    tip = _rod_start(rng, (x, y), [outline], physics)
    return SceneSpec(system, x, y, yaw, tip) if tip else None


def _rod_start(
    rng: np.random.Generator, centre: tuple[float, float], outlines: Sequence[Polygon], physics: PhysicsSettings
) -> tuple[float, float] | None:
    for _ in range(10):
        angle, distance = rng.uniform(-np.pi, np.pi), rng.uniform(*START_DISTANCE)
        tip = (float(centre[0] + distance * np.cos(angle)), float(centre[1] + distance * np.sin(angle)))
        if physics.reachable(tip) and rod_is_clear(tip, outlines, physics):
            return tip
    return None


def rod_is_clear(tip: Sequence[float], outlines: Sequence[Polygon], physics: PhysicsSettings = KUKA) -> bool:
    """Whether a rod standing at `tip` [2] (m) keeps its clearance from every outline."""
    gap = physics.rod_radius + ROD_CLEARANCE
    return all(outline.distance(Point(tip[0], tip[1])) >= gap for outline in outlines)


def sample_goal(rng: np.random.Generator, scene: SceneSpec, physics: PhysicsSettings = KUKA) -> tuple[float, float]:
    """A goal for the object's centroid at 5-25 cm, where the object fits on the table and can be pushed to.

    Raises:
        ValueError: no such goal was found.
    """
    return _first(lambda: _try_goal(rng, scene, (0.05, GOAL_DISTANCE), physics), "a goal")


def _try_goal(
    rng: np.random.Generator, scene: SceneSpec, distances: tuple[float, float], physics: PhysicsSettings
) -> tuple[float, float] | None:
    angle, distance = rng.uniform(-np.pi, np.pi), rng.uniform(*distances)
    direction = np.array([np.cos(angle), np.sin(angle)])
    start = np.array([scene.x, scene.y])
    goal = start + distance * direction
    behind = start - START_DISTANCE[1] * direction
    fits = table_outline(physics).contains(Point(*goal).buffer(_radius(scene.system.object)))
    return (float(goal[0]), float(goal[1])) if fits and physics.reachable(goal) and physics.reachable(behind) else None


def _radius(name: str) -> float:
    """Largest distance of an object's outline from its centroid, m."""
    return float(np.linalg.norm(load_object(name).vertices[:, :2], axis=1).max())


def sample_obstacle_scene(
    rng: np.random.Generator,
    names: Sequence[str] | None = None,
    variation: str = "paper",
    physics: PhysicsSettings = KUKA,
    obstacle_names: Sequence[str] | None = None,
    system: SystemSpec | None = None,
) -> tuple[SceneSpec, tuple[float, float]]:
    """A scene with two obstacles, the first in the way, and its goal 24-40 cm away (section A.1).

    system: the object and its properties, where they are given.

    Raises:
        ValueError: no such scene was found.
    """
    choices = obstacle_names or object_names("seen")

    def attempt() -> tuple[SceneSpec, tuple[float, float]] | None:
        scene = sample_scene(rng, names, variation, physics, system)
        goal = _try_goal(rng, scene, OBSTACLE_GOAL_DISTANCE, physics)
        obstacles = goal and _try_obstacles(rng, scene, goal, choices, physics)
        if not goal or not obstacles:
            return None
        return SceneSpec(scene.system, scene.x, scene.y, scene.yaw, scene.end_effector, obstacles), goal

    return _first(attempt, "a scene with obstacles")


def _try_obstacles(
    rng: np.random.Generator,
    scene: SceneSpec,
    goal: tuple[float, float],
    choices: Sequence[str],
    physics: PhysicsSettings,
) -> tuple[Obstacle, ...] | None:
    start = np.array([scene.x, scene.y])
    middle = 0.5 * (start + goal) + rng.uniform(-OBSTACLE_PERTURBATION, OBSTACLE_PERTURBATION, 2)
    angle, spacing = rng.uniform(-np.pi, np.pi), rng.uniform(*OBSTACLE_SPACING)
    other = middle + spacing * np.array([np.cos(angle), np.sin(angle)])
    obstacles = tuple(_obstacle(rng, choices, place) for place in (middle, other))
    outlines = [footprint_at(item.object, item.x, item.y, item.yaw) for item in obstacles]
    target = Point(*goal).buffer(_radius(scene.system.object) + 0.01)
    table = table_outline(physics)
    free = (
        outlines[0].distance(outlines[1]) > 0.01
        and all(outline.distance(target) > 0 and table.contains(outline) for outline in outlines)
        and all(outline.distance(scene_footprint(scene)) > 0.02 for outline in outlines)
        and rod_is_clear(scene.end_effector, outlines, physics)
    )
    return obstacles if free and blocks_straight_path(scene, goal, outlines[0]) else None


def _obstacle(rng: np.random.Generator, choices: Sequence[str], place: Array) -> Obstacle:
    name = choices[int(rng.integers(len(choices)))]
    return Obstacle(name, float(place[0]), float(place[1]), float(rng.uniform(-np.pi, np.pi)))


def blocks_straight_path(scene: SceneSpec, goal: tuple[float, float], outline: Polygon) -> bool:
    """Whether the object, moved straight to `goal` without turning, would touch `outline`."""
    here = scene_footprint(scene)
    there = affinity.translate(here, goal[0] - scene.x, goal[1] - scene.y)
    return bool(here.union(there).convex_hull.intersects(outline))


def _first(attempt: Callable[[], T | None], what: str) -> T:
    for _ in range(ATTEMPTS):
        found = attempt()
        if found is not None:
            return found
    raise ValueError(f"{what} was not found in {ATTEMPTS} attempts; use smaller objects or a larger table")
