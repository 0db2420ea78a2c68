"""Filling and reading messages: whole buffers, or number by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.comparison import Comparison, compare
from benchmarks.interleaved import Output

WEIGHTS = 24931
"""Of the ant's expert."""


@dataclass(frozen=True)
class Options(Output):
    """Messages filled, read, serialised."""

    rounds: int = 30
    """Runs of every variant."""


def weights_ways() -> dict[str, Any]:
    """An expert's weights into a message."""
    from hyperdynamics.msg import ExpertWeights

    from hyperdynamics_ros.conversions.arrays import float_field, floats

    weights, message = np.random.default_rng(0).normal(size=WEIGHTS).astype(np.float32), ExpertWeights()
    full = ExpertWeights(weights=float_field(weights))

    def assign(value: Any) -> None:
        message.weights = value

    return {
        "a list of floats": lambda: assign(weights.tolist()),
        "a numpy array": lambda: assign(weights),
        "an array of its bytes (ours)": lambda: assign(float_field(weights)),
        "read back, view": lambda: floats(full.weights),
        "read back, copy number by number": lambda: np.array(list(full.weights), np.float32),
    }


def image_ways() -> dict[str, Any]:
    """A 640 x 480 colour image into a message."""
    from sensor_msgs.msg import Image

    from hyperdynamics_ros.conversions.arrays import bytes_field

    pixels, message = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8), Image()
    full = Image(data=bytes_field(pixels))

    def assign(value: Any) -> None:
        message.data = value

    return {
        "bytes": lambda: assign(pixels.tobytes()),
        "an array of its bytes (ours)": lambda: assign(bytes_field(pixels)),
        "read back, view": lambda: np.frombuffer(full.data, np.uint8).reshape(480, 640, 3),
    }


def wire_ways() -> dict[str, Any]:
    """An expert to bytes on the wire and back."""
    from hyperdynamics.msg import ExpertWeights
    from rclpy.serialization import deserialize_message, serialize_message

    from hyperdynamics_ros.conversions.arrays import float_field

    message = ExpertWeights(weights=float_field(np.zeros(WEIGHTS, np.float32)))
    wire = serialize_message(message)
    return {"serialise": lambda: serialize_message(message),
            "deserialise": lambda: deserialize_message(wire, ExpertWeights)}  # fmt: skip


def run(options: Options) -> list[dict[str, Any]]:
    """One table for each kind of message."""
    cases = {f"{WEIGHTS} weights into a message": weights_ways(), "640 x 480 colour image into a message": image_ways(),
             f"ExpertWeights of {WEIGHTS} weights on the wire": wire_ways()}  # fmt: skip
    return [compare(Comparison(title, ways), options.rounds) for title, ways in cases.items()]
