"""The ROS interfaces: what the other nodes and users of the topics rely on."""

from __future__ import annotations

import array
import re
from pathlib import Path

import pytest
from hyperdynamics.action import PushTo, Walk
from hyperdynamics.msg import (
    ControlStatistics,
    DetectedObject,
    DetectedObjects,
    ExpertWeights,
    InteractionHistory,
    LatentCode,
)
from hyperdynamics.srv import GenerateExpert
from rclpy.serialization import deserialize_message, serialize_message
from rclpy.type_support import check_for_type_support

from hyperdynamics_core.control.walk_goal import WalkCode, WalkPhase

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for kind in ("msg", "srv", "action") for path in (ROOT / kind).glob(f"*.{kind}"))
FIELDS = {
    DetectedObject: {
        "id": "uint32",
        "score": "float",
        "centre": "geometry_msgs/Point",
        "size": "geometry_msgs/Vector3",
        "position": "geometry_msgs/Point",
        "shape_codes": "sequence<float>",
    },
    DetectedObjects: {
        "header": "std_msgs/Header",
        "model": "string",
        "yaws": "sequence<float>",
        "code_size": "uint32",
        "objects": "sequence<hyperdynamics/DetectedObject>",
    },
    InteractionHistory: {
        "header": "std_msgs/Header",
        "system": "string",
        "dt": "double",
        "state_size": "uint32",
        "action_size": "uint32",
        "states": "sequence<float>",
        "actions": "sequence<float>",
        "next_states": "sequence<float>",
        "sequence": "uint64",
        "episode": "uint32",
    },
    LatentCode: {
        "header": "std_msgs/Header",
        "system": "string",
        "model": "string",
        "code": "sequence<float>",
        "interactions": "uint32",
        "reference_yaw": "double",
        "sequence": "uint64",
        "episode": "uint32",
        "trace": "sequence<double>",
    },
    ExpertWeights: {
        "header": "std_msgs/Header",
        "system": "string",
        "method": "string",
        "model": "string",
        "activation": "string",
        "input_clamp": "float",
        "layer_sizes": "sequence<uint32>",
        "reference_yaw": "double",
        "yaws": "sequence<float>",
        "weights": "sequence<float>",
        "latent_code": "sequence<float>",
        "sequence": "uint64",
        "episode": "uint32",
        "checksum": "uint32",
        "trace": "sequence<double>",
    },
    ControlStatistics: {
        "header": "std_msgs/Header",
        "system": "string",
        "rate": "float",
        "wanted_rate": "float",
        **{f"{what}_ms_{part}": "float" for what in ("planning", "latency") for part in ("p50", "p95", "p99")},
        "steps": "uint64",
        "missed_deadlines": "uint64",
        "late_experts": "uint64",
        "candidates": "uint32",
        "stages": "sequence<string>",
        "stage_ms_p50": "sequence<float>",
        "stage_ms_p95": "sequence<float>",
    },
    GenerateExpert.Request: {
        "system": "string",
        "latent_code": "sequence<float>",
        "yaws": "sequence<float>",
        "shape_codes": "sequence<float>",
        "code_size": "uint32",
        "reference_yaw": "double",
    },
    GenerateExpert.Response: {
        "success": "boolean",
        "message": "string",
        "weights": "hyperdynamics/ExpertWeights",
    },
    PushTo.Goal: {
        "goal": "geometry_msgs/PoseStamped",
        "tolerance": "float",
        "max_steps": "uint32",
        "probe_again": "boolean",
    },
    PushTo.Result: {
        "success": "boolean",
        "code": "uint8",
        "message": "string",
        "final_distance": "float",
        "steps": "uint32",
    },
    PushTo.Feedback: {
        "phase": "uint8",
        "step": "uint32",
        "distance": "float",
        "predicted_motion": "float",
        "real_motion": "float",
        "planning_ms": "float",
    },
    Walk.Goal: {"distance": "float", "duration": "float"},
    Walk.Result: {
        "success": "boolean",
        "code": "uint8",
        "message": "string",
        "distance": "float",
        "duration": "float",
        "total_return": "float",
        "steps": "uint32",
    },
    Walk.Feedback: {
        "phase": "uint8",
        "step": "uint32",
        "position": "float",
        "speed": "float",
        "total_return": "float",
        "control_rate": "float",
        "planning_ms": "float",
    },
}


@pytest.mark.parametrize("interface", FIELDS, ids=lambda interface: interface.__name__)
def test_fields(interface: type) -> None:
    assert interface.get_fields_and_field_types() == FIELDS[interface]


@pytest.mark.parametrize("interface", [*list(FIELDS)[:6], GenerateExpert, PushTo, Walk], ids=lambda one: one.__name__)
def test_compiled_type_support_loads(interface: type) -> None:
    check_for_type_support(interface)


def test_weights_survive_serialisation() -> None:
    weights = array.array("f", [0.5, -1.25, 3.0])
    message = ExpertWeights(system="push", weights=weights, layer_sizes=[2, 1], checksum=2**32 - 1)
    received = deserialize_message(serialize_message(message), ExpertWeights)
    assert received == message
    assert received.weights == weights


def test_result_and_phase_constants_are_distinct() -> None:
    codes = "SUCCESS MAX_STEPS COLLISION OUT_OF_TABLE OBJECT_LOST STALE_EXPERT STALE_STATE CANCELED INVALID_GOAL "
    codes += "NO_PLAN"
    assert [getattr(PushTo.Result, name) for name in codes.split()] == list(range(10))
    phases = "WAITING PROBING PUSHING STOPPED"
    assert [getattr(PushTo.Feedback, name) for name in phases.split()] == list(range(4))

    walk = "SUCCESS TIME_OUT STALE_EXPERT STALE_STATE CANCELED INVALID_GOAL NO_PLAN"
    assert [getattr(Walk.Result, name) for name in walk.split()] == [int(code) for code in WalkCode] == list(range(7))
    assert [getattr(Walk.Feedback, phase.name) for phase in WalkPhase] == [int(phase) for phase in WalkPhase]


def test_few_enough_files() -> None:
    """Each costs about 10 s of processor time in every build from nothing."""
    assert 0 < len(FILES) <= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_field_is_documented(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert lines[0].startswith("# "), "the first line says what the interface is for"
    for line in lines:
        declaration, _, comment = line.partition("#")
        if not declaration.strip() or declaration.strip() == "---":
            continue
        assert len(comment.strip()) > 5, f"{path.name}: {declaration.strip()} has no comment"
        if re.match(r"(float|geometry_msgs)", declaration):
            units = r"metres|radians|seconds|units?|SI|to 1"
            assert re.search(units, comment), f"{path.name}: {declaration.strip()} has no unit"
        if "[]" in declaration:
            assert "[" in comment, f"{path.name}: {declaration.strip()} has no shape"
