"""What a bridge's words about its scene tell: the object's hidden values, and its box."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyperdynamics_core.control.exploring import PushBox
from hyperdynamics_ros.checks.rules import MessageRefused

RULE = "must be what the simulator's bridge says about a scene, as JSON"
REMEDY = "let nobody else write this topic"


@dataclass(frozen=True)
class KnownSystem:
    """The pushed object with its hidden values; equal ones are one system."""

    object: str
    """Name of the object."""
    mass: float
    """kg."""
    friction: float
    """Lateral friction, the simulator's units."""
    com_offset: tuple[float, float, float]
    """Centre of mass from the volume centroid, object frame, m."""


@dataclass(frozen=True)
class SceneWords:
    """What is used of the words."""

    episode: int
    """Number of the episode that they are about."""
    system: KnownSystem
    """What is pushed."""
    box: PushBox | None
    """The object's box, in its frame; None: not told."""


def check_scene(message: Any) -> None:
    """std_msgs/String: see ``scene_words``. Raises MessageRefused."""
    scene_words(message)


def scene_words(message: Any) -> SceneWords:
    """The scene of a std_msgs/String.

    Raises:
        MessageRefused: no JSON, or without what is used of it.
    """
    try:
        words = json.loads(message.data)
        system = words["system"]
        known = KnownSystem(
            str(system["object"]), float(system["mass"]), float(system["friction"]), _numbers(system["com_offset"], 3)
        )
        box = words.get("box")
        found = SceneWords(int(words["episode"]), known, None if box is None else _box(box))
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MessageRefused("data", f"{message.data[:60]!r} ({error})", RULE, REMEDY) from error
    if not all(map(math.isfinite, (known.mass, known.friction, *known.com_offset))):
        raise MessageRefused("system", str(known), "must be finite numbers", REMEDY)
    return found


def _box(words: Mapping[str, Any]) -> PushBox:
    return PushBox(_numbers(words["centre"], 2), _numbers(words["half"], 2))


def _numbers(values: Any, count: int) -> Any:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{values!r} must be {count} finite numbers")
    return numbers
