"""Message types by name, their hashes and their whole definitions."""

from __future__ import annotations

import pytest
from hyperdynamics.msg import ExpertWeights
from nav_msgs.msg import Odometry

from hyperdynamics_ros.recording.definitions import field_types, full_definition, message_class, type_hash
from hyperdynamics_ros.recording.errors import BagError


def test_a_definition_holds_every_type_in_it_once():
    parts = full_definition("nav_msgs/msg/Odometry").split("=" * 80 + "\n")
    names = [part.split("\n")[0] for part in parts[1:]]
    assert "nav_msgs" not in parts[0] and "geometry_msgs/PoseWithCovariance pose" in parts[0]
    assert sorted(names) == [
        f"MSG: {name}"
        for name in (
            "builtin_interfaces/Time",
            "geometry_msgs/Point",
            "geometry_msgs/Pose",
            "geometry_msgs/PoseWithCovariance",
            "geometry_msgs/Quaternion",
            "geometry_msgs/Twist",
            "geometry_msgs/TwistWithCovariance",
            "geometry_msgs/Vector3",
            "std_msgs/Header",
        )
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("float32[] weights   # [n] a/b", []),
        ("uint8 SUCCESS = 0", []),
        ("string<=10[<=3] names", []),
        ("Header header", ["std_msgs/msg/Header"]),
        ("Point32[4] corners", ["mine/msg/Point32"]),
        ("geometry_msgs/Pose[<=5] poses", ["geometry_msgs/msg/Pose"]),
        ("builtin_interfaces/msg/Time stamp", ["builtin_interfaces/msg/Time"]),
        ("# Pose pose", []),
    ],
)
def test_types_of_a_line(line, found):
    assert field_types(line, "mine") == found


def test_classes_and_hashes():
    assert message_class("nav_msgs/msg/Odometry") is Odometry
    assert message_class("hyperdynamics/msg/ExpertWeights") is ExpertWeights
    assert type_hash("std_msgs/msg/String") == "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18"


@pytest.mark.parametrize("name", ["nope/msg/Thing", "std_msgs/msg/Thing", "std_srvs/srv/Trigger", "String"])
def test_what_is_not_installed_is_named(name):
    with pytest.raises(BagError, match=f"'{name}' is not installed here; install its package"):
        message_class(name)


def test_a_definition_that_is_not_installed():
    with pytest.raises(BagError, match="install nope"):
        full_definition("nope/msg/Thing")
