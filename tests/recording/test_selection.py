"""Which topics are recorded, with which quality of service, and how they are counted."""

from __future__ import annotations

import pytest
import yaml
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.qos import matching_qos, offered_yaml, serves
from hyperdynamics_ros.recording.statistics import TopicStatistics, progress_line
from hyperdynamics_ros.recording.topics import Selection

RELIABLE, BEST_EFFORT = ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT
LATCHED, VOLATILE = DurabilityPolicy.TRANSIENT_LOCAL, DurabilityPolicy.VOLATILE
SECOND = 1_000_000_000


def profile(reliability=RELIABLE, durability=VOLATILE):
    return QoSProfile(depth=1, reliability=reliability, durability=durability)


def chosen(selection):
    return [
        name for name in ("/camera/pose", "/joint_states", "/rosout", "/push/_action/status") if selection.wants(name)
    ]


def test_with_nothing_asked_for_all_but_the_hidden_are_recorded():
    assert chosen(Selection()) == ["/camera/pose", "/joint_states", "/rosout"]


def test_names_and_pattern_add_up_and_exclusion_goes_before():
    names = frozenset({"/joint_states"})
    assert chosen(Selection(names)) == ["/joint_states"]
    assert chosen(Selection(names, "camera")) == ["/camera/pose", "/joint_states"]
    assert chosen(Selection(regex="^/camera|rosout$")) == ["/camera/pose", "/rosout"]
    assert chosen(Selection(names, exclude_regex="joint")) == []
    assert chosen(Selection(exclude_regex="^/camera")) == ["/joint_states", "/rosout"]
    assert Selection(names | {"/b"}).missing(["/joint_states"]) == ["/b"]


@pytest.mark.parametrize("option", ["regex", "exclude_regex"])
def test_a_pattern_that_is_none_is_named(option):
    with pytest.raises(BagError, match=rf"^{option} is '\(': must be a regular expression"):
        Selection(**{option: "("})


def test_the_strictest_profile_that_all_publishers_can_serve():
    def found(*offered):
        qos = matching_qos(offered, 7)
        assert qos.depth == 7
        return qos.reliability, qos.durability

    assert found(profile()) == (RELIABLE, VOLATILE)
    assert found(profile(durability=LATCHED)) == (RELIABLE, LATCHED)
    assert found(profile(BEST_EFFORT)) == (BEST_EFFORT, VOLATILE)
    assert found(profile(), profile(BEST_EFFORT)) == (BEST_EFFORT, VOLATILE)
    assert found(profile(durability=LATCHED), profile(BEST_EFFORT)) == (BEST_EFFORT, VOLATILE)
    assert not serves(profile(), profile(BEST_EFFORT)) and serves(profile(BEST_EFFORT), profile())
    assert not serves(profile(durability=LATCHED), profile())


def test_profiles_are_written_once_each_and_in_words():
    written = yaml.safe_load(offered_yaml([profile(), profile(), profile(BEST_EFFORT)]))
    assert [one["reliability"] for one in written] == ["reliable", "best_effort"]
    assert written[0]["history"] == "keep_last" and written[0]["deadline"] == {"sec": 0, "nsec": 0}


def test_gaps_in_a_publishers_numbers_are_losses_and_old_numbers_repetitions():
    statistics = TopicStatistics()
    assert not any(statistics.is_repeated(b"x", number) for number in (3, 4, 7))
    assert not statistics.is_repeated(b"y", 1) and not statistics.is_repeated(b"z", 0)
    assert statistics.lost == 2
    assert statistics.is_repeated(b"x", 7) and statistics.is_repeated(b"x", 3)
    assert not statistics.is_repeated(b"x", 8) and not statistics.is_repeated(b"z", 0)
    assert statistics.lost == 2


def test_rates_are_those_of_the_newest_messages():
    statistics = TopicStatistics()
    for index in range(11):
        statistics.add(100, index * SECOND // 10)
    assert statistics.rate(SECOND) == pytest.approx(10.0) and statistics.size == 1100
    assert statistics.rate(60 * SECOND) == 0.0
    line = progress_line(1.0, 1_100_000, 5e5, {"/a": statistics}, SECOND)
    assert line == "1 s  11 messages  1.1 MB  0.50 MB/s  1 topics  /a 10.0 Hz"
    statistics.lost = 3
    assert "3 LOST" in progress_line(1.0, 1, 1.0, {"/a": statistics}, SECOND)
