"""Parameters: types, ranges, unknown names, read-only ones, integers for floats; the table as Markdown."""

from __future__ import annotations

import itertools

import pytest
import rclpy
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from hyperdynamics_ros.parameters import Parameter, ParameterRefused, Parameters, markdown

TABLE = (
    Parameter("limit", 0.5, "Longest wait.", "s", 0.0, 10.0, changeable=True),
    Parameter("candidates", 30, "Sequences drawn.", "", 1, 1000),
    Parameter("model", "models/a", "Folder."),
    Parameter("mode", "lockstep", "Time.", choices=("lockstep", "realtime")),
    Parameter("gui", False, "Show a window."),
)
COUNTER = itertools.count()


@pytest.fixture(scope="module", autouse=True)
def ros():
    rclpy.init()
    yield
    rclpy.try_shutdown()


def make(**given):
    overrides = [RosParameter(name, value=value) for name, value in given.items()]
    node = Node(f"parameters_{next(COUNTER)}", parameter_overrides=overrides, start_parameter_services=False)
    return node, Parameters(node, TABLE)


def test_defaults_and_given_values():
    _, parameters = make(candidates=7, gui=True)
    assert parameters["candidates"] == 7 and parameters["gui"] is True and parameters["limit"] == 0.5


def test_an_integer_is_taken_for_a_float():
    _, parameters = make(limit=3)
    assert parameters["limit"] == 3.0 and isinstance(parameters["limit"], float)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"limit": 11.0}, "limit is 11.0: must be 0 to 10 s"),
        ({"limit": 11}, "must be 0 to 10 s"),
        ({"limit": float("nan")}, "limit is nan"),
        ({"limit": "long"}, "must be a float"),
        ({"candidates": 0}, "candidates is 0: must be 1 to 1000"),
        ({"candidates": 3.5}, "must be a int"),
        ({"mode": "fast"}, "one of lockstep, realtime"),
        ({"gui": 1}, "must be a bool"),
        ({"modle": "x"}, "modle is not known: must be one of candidates, gui"),
    ],
)
def test_wrong_values_name_the_parameter_the_value_and_the_rule(given, words):
    with pytest.raises(ParameterRefused, match=words):
        make(**given)


def test_run_time_changes_keep_the_rules():
    node, parameters = make()
    assert node.set_parameters([RosParameter("limit", value=2)])[0].successful
    assert parameters["limit"] == 2.0
    refused = node.set_parameters([RosParameter("limit", value=-1)])[0]
    assert not refused.successful and "0 to 10 s" in refused.reason
    assert not node.set_parameters([RosParameter("candidates", value=5)])[0].successful
    assert (parameters["limit"], parameters["candidates"]) == (2.0, 30)


def test_descriptors_carry_ranges_and_words():
    node, _ = make()
    descriptor = node.describe_parameter("limit")
    assert descriptor.floating_point_range[0].to_value == 10.0 and "Longest wait" in descriptor.description
    assert node.describe_parameter("candidates").read_only


def test_markdown_has_a_line_each():
    text = markdown(TABLE)
    assert text.count("\n") == len(TABLE) + 1 and "| `limit` | float | `0.5` | 0 to 10 s | yes |" in text
