"""Subscriptions without a recorder's process: how much is taken at a time, and which topics are left out."""

from __future__ import annotations

import pytest
import rclpy
from nav_msgs.msg import Odometry
from rclpy.node import Node
from std_msgs.msg import String

from hyperdynamics_ros.recording import subscriptions as module
from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.subscriptions import Subscriptions
from hyperdynamics_ros.recording.topics import Selection
from tests.recording.sending import Sender


class Log:
    def __init__(self):
        self.lines = []

    def info(self, message):
        self.lines.append(message)

    warning = error = info


def discovered(listener, subscriptions, *names):
    found = set()

    def look():
        found.update(topic.name for topic in subscriptions.discover())
        return found >= set(names)

    listener.until(look, f"discovery of {names}")


def bare(messages):
    """Without what fills the last word: within one process none is added."""
    return [data.rstrip(b"\0") for data in messages]


@pytest.fixture
def sender(listener):
    return Sender(listener)


def test_one_turn_takes_no_more_than_the_queue_holds_and_is_fair(listener, sender):
    subscriptions = Subscriptions(listener.node, Selection(frozenset({"/a", "/b"})), 10, Log())
    for topic in ("/a", "/b"):
        sender.open(String, topic, heard=False)
    discovered(listener, subscriptions, "/a", "/b")
    sender.wait_for("/a", "/b")
    for _ in range(40):
        for topic in ("/a", "/b"):
            sender.text(topic)
    listener.spin(1.0)
    first = [taken.topic for taken in subscriptions.drain(0.0)]
    assert len(set(first)) == 1 and len(first) <= 10
    second = [taken.topic for taken in subscriptions.drain(0.0)]
    assert len(set(second)) == 1 and second[0] != first[0]
    for _ in range(40):
        sender.text("/a")
    listener.spin(1.0)
    taken = [taken for taken in subscriptions.drain() if taken.topic == "/a"]
    assert 0 < len(taken) <= 10 and bare(one.data for one in taken) == bare(sender.sent["/a"][-len(taken) :])
    assert [one.sequence for one in taken] == [*range(81 - len(taken), 81)]
    subscriptions.close()
    assert subscriptions.topics == []


def test_executors_leave_the_messages_alone(listener, sender):
    subscriptions = Subscriptions(listener.node, Selection(frozenset({"/a"})), 100, Log())
    sender.open(String, "/a", heard=False)
    discovered(listener, subscriptions, "/a")
    sender.wait_for("/a")
    for _ in range(20):
        sender.text("/a")
        listener.spin(0.02)
    assert bare(taken.data for taken in subscriptions.drain()) == bare(sender.sent["/a"])


def test_a_topic_of_two_types_is_left_out_and_named(listener, sender):
    log = Log()
    subscriptions = Subscriptions(listener.node, Selection(frozenset({"/a", "/b"})), 10, log)
    sender.open(String, "/a", heard=False)
    context = rclpy.Context()
    rclpy.init(context=context)
    other = Node("other", context=context)
    other.create_publisher(Odometry, "/a", 10)
    sender.open(String, "/b", heard=False)
    listener.until(lambda: len(dict(listener.node.get_topic_names_and_types()).get("/a", [])) == 2, "both types")
    discovered(listener, subscriptions, "/b")
    assert subscriptions.missing == ["/a"]
    (line,) = log.lines
    assert line.startswith("/a is not recorded: it has several types (nav_msgs/msg/Odometry, std_msgs/msg/String)")
    other.destroy_node()
    rclpy.shutdown(context=context)


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("type_hash", lambda name: "RIHS01_other", "a publisher has another version of std_msgs/msg/String"),
        ("message_class", BagError("message type 'x' is not installed here"), "is not installed here"),
        ("matching_qos", None, ""),
    ],
)
def test_a_type_that_cannot_be_recorded_is_left_out_and_named_once(listener, sender, monkeypatch, name, fault, words):
    log = Log()
    subscriptions = Subscriptions(listener.node, Selection(frozenset({"/a", "/b"})), 10, log)
    sender.open(String, "/a", heard=False)
    sender.open(Odometry, "/b", heard=False)
    real = getattr(module, name)

    def failing(argument, *rest):
        if isinstance(fault, Exception) and argument == "std_msgs/msg/String":
            raise fault
        return fault(argument) if callable(fault) and argument == "std_msgs/msg/String" else real(argument, *rest)

    monkeypatch.setattr(module, name, failing)
    if name == "matching_qos":
        monkeypatch.setattr(Subscriptions, "_make", broken(Subscriptions._make))
        words = "its type std_msgs/msg/String does not load (no such library)"
    discovered(listener, subscriptions, "/b")
    listener.until(lambda: log.lines, "a word about it")
    subscriptions.discover()
    assert len(log.lines) == 1 and log.lines[0].startswith("/a is not recorded: ") and words in log.lines[0]
    assert [topic.name for topic in subscriptions.topics] == ["/b"]


def broken(real):
    def make(self, kind, name, qos):
        if kind is String:
            raise RuntimeError("no such library")
        return real(self, kind, name, qos)

    return make
