"""The elementary rules: what passes, and that a refusal says what, which value, which rule and what to do."""

from __future__ import annotations

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Quaternion

from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_ros.checks import rules
from hyperdynamics_ros.checks.rules import MessageRefused
from hyperdynamics_ros.checks.systems import require_system


def test_a_refusal_says_everything():
    refused = MessageRefused("step", 7, "must be 1", "send 1")
    assert str(refused) == "step is 7: must be 1; send 1"
    assert (refused.what, refused.value, refused.rule, refused.remedy) == ("step", 7, "must be 1", "send 1")


def test_stamps():
    assert rules.stamp_ns(Time(sec=2, nanosec=5)) == 2_000_000_005
    rules.require_stamp(Time(sec=0, nanosec=999_999_999))
    for bad in (Time(sec=-1), Time(nanosec=1_000_000_000)):
        with pytest.raises(MessageRefused, match="stamp messages with the node's clock"):
            rules.require_stamp(bad)


def test_frames():
    rules.require_frame("world")
    rules.require_frame("map", "map")
    with pytest.raises(MessageRefused, match="header.frame_id is 'map': must be 'world'"):
        rules.require_frame("map")


@pytest.mark.parametrize("values", [(0.0, 1e300), np.zeros((2, 3), np.float32), (), [True]])
def test_finite_values_pass(values):
    rules.require_finite("x", values)


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ((0.0, float("nan")), r"x\[1\] is nan"),
        ((float("inf"),), "x is inf"),
        (np.array([[1, 2], [3, -np.inf]]), r"x\[3\]"),
    ],
)
def test_the_first_value_that_is_not_finite_is_named(values, where):
    with pytest.raises(MessageRefused, match=where):
        rules.require_finite("x", values)


def test_sizes():
    rules.require_size("x", 3, 3, "one a name")
    with pytest.raises(MessageRefused, match=r"size of x is 4: must be 3 \(one a name\)"):
        rules.require_size("x", 4, 3, "one a name")


def test_quaternions_are_of_norm_one():
    rules.require_unit_quaternion("q", Quaternion(x=0.6, w=0.8))
    for bad, words in (
        (Quaternion(w=0.0), "norm of q is 0"),
        (Quaternion(w=1.01), "1.01"),
        (Quaternion(w=np.nan), "nan"),
    ):
        with pytest.raises(MessageRefused, match=words):
            rules.require_unit_quaternion("q", bad)


def test_systems():
    assert require_system("push") is PUSH
    with pytest.raises(MessageRefused, match="system is 'boat': must be one of"):
        require_system("boat")


def test_floats_are_views():
    values = np.arange(3, dtype=np.float32)
    assert np.shares_memory(rules.floats(values), values)
    assert rules.floats(b"").shape == (0,)
