"""Random scenes on the table to train and test perception on: objects anywhere, in any colour, the rod about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Point, Polygon

from sim_bridges.pushing.objects import PushObject
from sim_bridges.pushing.rendering import ROD_RADIUS, Body, Colour, Look, rotation, yaw_quaternion

Array = NDArray[np.float64]
PUSH_HEIGHT = 0.012
"""Of the rod's tip over the table while it pushes, m."""


@dataclass(frozen=True)
class SceneConfig:
    """Distribution of random scenes."""

    reach: float = 0.29
    """Objects' positions are uniform in [-reach, reach] along x and y, m."""
    clearance: float = 0.005
    """Least distance between two objects, m."""
    close_share: float = 0.5
    """Share of further objects that are placed close to the first."""
    close: float = 0.16
    """How close: largest distance from it along x and along y, m."""
    rod_share: float = 0.92
    """Share of scenes with the rod in view."""
    rod_distance: float = 0.10
    """The rod's tip is up to this far from the first object's outline, m."""
    lifted_share: float = 0.15
    """Share of those where the rod is lifted, and may then be above an object."""
    lift: float = 0.16
    """Highest tip of a lifted rod, m."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Objects at rest on the table, and the rod."""

    objects: tuple[PushObject, ...]
    """The first is the one that is pushed."""
    bodies: tuple[Body, ...]
    """The same, at their poses."""
    yaws: Array
    """[n] rad."""
    end_effector: Array | None
    """[3] tip of the rod, m; None: not in view."""
    look: Look
    """Colours and light."""

    @property
    def positions(self) -> Array:
        """[n, 3] volume centroids, m."""
        return np.stack([body.position for body in self.bodies])

    @property
    def boxes(self) -> Array:
        """[n, 6] axis-aligned boxes: centre 3, size 3, m."""
        return np.stack([_box(body) for body in self.bodies])


def sample_scene(objects: Sequence[PushObject], rng: np.random.Generator, config: SceneConfig | None = None) -> Scene:
    """Put the objects on the table at random, none touching another; fewer of them if the table is too crowded."""
    config = config or SceneConfig()
    placed: list[tuple[PushObject, Array, float, Polygon]] = []
    for item in objects:
        near = placed[0][1] if placed and rng.random() < config.close_share else None
        spot = _free_spot(item, [polygon for *_, polygon in placed], near, rng, config)
        if spot is not None:
            placed.append((item, *spot))
    bodies = tuple(Body(item, position, yaw_quaternion(yaw), random_colour(rng)) for item, position, yaw, _ in placed)
    rod = _rod([polygon for *_, polygon in placed], rng, config) if rng.random() < config.rod_share else None
    yaws = np.array([yaw for *_, yaw, _ in placed])
    return Scene(tuple(item for item, *_ in placed), bodies, yaws, rod, random_look(rng))


def random_colour(rng: np.random.Generator) -> Colour:
    """Any colour: it must carry nothing about what a thing is."""
    red, green, blue = rng.uniform(0.05, 1.0, 3)
    return float(red), float(green), float(blue)


def random_look(rng: np.random.Generator) -> Look:
    """Random colours of table, rod and floor, random light from above."""
    table, rod, floor = (random_colour(rng) for _ in range(3))
    side = rng.uniform(-0.8, 0.8, 2)
    return Look(table, rod, floor, (float(side[0]), float(side[1]), 1.0), float(rng.uniform(0.3, 0.7)))


def footprint_at(item: PushObject, position: Array, yaw: float) -> Polygon:
    """Convex outline of an object seen from above at a pose, world frame, m."""
    turned = affinity.rotate(item.footprint, yaw, origin=(0, 0), use_radians=True)
    return affinity.translate(turned, float(position[0]), float(position[1]))


def _free_spot(
    item: PushObject, taken: list[Polygon], near: Array | None, rng: np.random.Generator, config: SceneConfig
) -> tuple[Array, float, Polygon] | None:
    for _ in range(40):
        if near is None:
            spot = rng.uniform(-config.reach, config.reach, 2)
        else:
            spot = np.clip(near[:2] + rng.uniform(-config.close, config.close, 2), -config.reach, config.reach)
        position = np.array([*spot, item.rest_height])
        yaw = float(rng.uniform(-np.pi, np.pi))
        outline = footprint_at(item, position, yaw)
        if all(outline.distance(other) > config.clearance for other in taken):
            return position, yaw, outline
    return None


def _rod(outlines: list[Polygon], rng: np.random.Generator, config: SceneConfig) -> Array | None:
    """A tip near the first object: beside all objects at pushing height, or lifted and anywhere."""
    lifted = rng.random() < config.lifted_share
    height = rng.uniform(PUSH_HEIGHT, config.lift) if lifted else PUSH_HEIGHT
    low_x, low_y, high_x, high_y = outlines[0].buffer(config.rod_distance).bounds
    for _ in range(40):
        x, y = rng.uniform(low_x, high_x), rng.uniform(low_y, high_y)
        if lifted and height > 0.13 or all(outline.distance(Point(x, y)) > ROD_RADIUS for outline in outlines):
            return np.array([x, y, height])
    return None


def _box(body: Body) -> Array:
    points = body.surface.vertices @ rotation(body.quaternion).T + body.position
    low, high = points.min(axis=0), points.max(axis=0)
    return np.concatenate((0.5 * (low + high), high - low))
