"""The recorder as a process of its own: what is published is in the bag, byte for byte."""

from __future__ import annotations

import json
import time

import pytest
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rclpy.qos import QoSProfile
from rosbags.interfaces import QosDurability, QosReliability
from rosbags.rosbag2 import Reader
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import String, UInt32
from std_srvs.srv import Trigger

from hyperdynamics_ros.recording.bag_info import bag_info
from hyperdynamics_ros.recording.validate import validate
from tests.recording.reading import by_others, by_rosbags, bytes_of, decoded
from tests.recording.sending import BEST_EFFORT, LATCHED, RELIABLE, Sender
from tests.ros.processes import running

STORAGES = ["mcap", "sqlite3"]


def same(bag, sender, *topics):
    """Both other readers find exactly what was sent on these topics."""
    assert validate(bag).problems == []
    for contents in (by_rosbags(bag), by_others(bag)):
        for topic in topics or sender.sent:
            assert bytes_of(contents, topic) == sender.sent[topic], topic


@pytest.mark.parametrize("storage", STORAGES)
def test_every_byte_in_its_order_with_the_time_of_arrival(listener, tmp_path, storage):
    sender, bag = Sender(listener), tmp_path / "bag"
    with running("recorder", bag=bag, storage=storage, exclude_regex="'rosout|diag'") as recorder:
        for kind, topic in ((String, "/text"), (Odometry, "/state"), (Image, "/image")):
            sender.open(kind, topic)
        began = time.time_ns()
        for index in range(300):
            sender.state("/state")
            sender.text("/text")
            if index % 5 == 0:
                sender.image("/image")
            time.sleep(0.003)
        sender.flush()
        ended = time.time_ns()
        assert recorder.stop() == 0 and "is complete: " in recorder.output
    same(bag, sender)
    assert set(by_rosbags(bag)) <= {"/text", "/state", "/image", "/parameter_events"}
    for topic in sender.sent:
        times = [moment for moment, _ in by_rosbags(bag)[topic]]
        assert times == sorted(times) and began < times[0] and times[-1] < ended
        assert len(set(times)) > 0.9 * len(times)  # of each arrival, not of the recorder's turns
    if storage == "mcap":
        stamps = [message.header.stamp for message in decoded(bag, "/state")]
        assert len(stamps) == 300 and began < stamps[0].sec * 10**9 + stamps[0].nanosec < ended


def test_topics_that_appear_later_and_what_was_said_before(listener, tmp_path):
    sender, bag = Sender(listener), tmp_path / "bag"
    sender.open(UInt32, "/episode", LATCHED, heard=False)
    for number in range(3):
        sender.send("/episode", UInt32(data=number))
    with running("recorder", bag=bag) as recorder:
        sender.wait_for("/episode")
        sender.open(String, "/first")
        sender.text("/first")
        listener.spin(1.0)
        sender.open(String, "/later")
        sender.text("/later")
        sender.flush()
        assert recorder.stop() == 0
    same(bag, sender)


def test_subscriptions_ask_for_what_publishers_offer(listener, tmp_path):
    sender, bag = Sender(listener), tmp_path / "bag"
    with running("recorder", bag=bag, regex="^/[abc]$") as recorder:
        for topic, qos in (("/a", RELIABLE), ("/b", BEST_EFFORT), ("/c", LATCHED)):
            sender.open(String, topic, qos)
        for topic in sender.publishers:
            sender.text(topic)
            listener.spin(0.1)
        sender.flush()
        assert recorder.stop() == 0
    same(bag, sender)
    with Reader(bag) as reader:
        offered = {one.topic: one.ext.offered_qos_profiles[0] for one in reader.connections}
    assert {name: qos.reliability for name, qos in offered.items()} == {
        "/a": QosReliability.RELIABLE,
        "/b": QosReliability.BEST_EFFORT,
        "/c": QosReliability.RELIABLE,
    }
    assert offered["/c"].durability == QosDurability.TRANSIENT_LOCAL != offered["/a"].durability


def test_a_second_publisher_that_offers_less_is_heard_and_the_first_one_loses_nothing(listener, tmp_path):
    sender, other, bag = Sender(listener), Sender(listener, 1), tmp_path / "bag"
    with running("recorder", bag=bag, topics="[/a]") as recorder:
        sender.open(String, "/a", LATCHED)
        sender.text("/a")
        other.open(String, "/a", BEST_EFFORT, heard=False)
        for _ in range(400):
            sender.text("/a")
            listener.spin(0.005)
        listener.until(lambda: "subscribed anew, best_effort, volatile" in recorder.output, "the other subscription")
        other.wait_for("/a")
        for _ in range(50):
            sender.text("/a")
            other.text("/a")
            listener.spin(0.01)
        sender.flush()
        listener.spin(0.3)
        assert recorder.stop() == 0
    recorded = bytes_of(by_rosbags(bag), "/a")
    assert [data for data in recorded if data in set(sender.sent["/a"])] == sender.sent["/a"]
    assert [data for data in recorded if data in set(other.sent["/a"])] == other.sent["/a"]


def test_lists_and_patterns(listener, tmp_path):
    sender, bag = Sender(listener), tmp_path / "bag"
    names = ("/a", "/robot/a", "/b", "/c1", "/c2", "/d")
    with running("recorder", bag=bag, topics="[a, /b]", regex="'^/c'", exclude_regex="2$") as recorder:
        listener.until(lambda: "recording into" in recorder.output, "the recording")
        for name in names:
            sender.open(String, name, heard=name in ("/a", "/b", "/c1"))
        listener.spin(1.0)
        for name in names:
            sender.text(name)
        sender.flush("/a", "/b", "/c1")
        assert recorder.stop() == 0
    assert set(by_rosbags(bag)) == {"/a", "/b", "/c1"}


def test_files_are_split_by_size_and_by_time_and_on_request(listener, tmp_path):
    sender, bag = Sender(listener), tmp_path / "bag"
    limits = {"max_bag_size": 500_000, "max_bag_duration": 3.0}
    with running("recorder", bag=bag, topics="[/image]", **limits) as recorder:
        sender.open(Image, "/image")
        for _ in range(30):
            sender.image("/image")
            listener.spin(0.02)
        answer = listener.call(Trigger, "/recorder/split", Trigger.Request())
        assert answer.success and answer.message.startswith("writing bag_")
        before = len([*bag.glob("*.mcap")])
        sender.image("/image")
        listener.spin(3.5)
        sender.image("/image")
        sender.flush()
        assert recorder.stop() == 0
    assert before >= 4 and len([*bag.glob("*.mcap")]) == before + 1
    same(bag, sender, "/image")


def test_services_start_and_stop(listener, tmp_path):
    sender, bag = Sender(listener), tmp_path / "bag"

    def call(name):
        return listener.call(Trigger, f"/recorder/{name}", Trigger.Request())

    with running("recorder", bag=bag, topics="[/a]", start="false") as recorder:
        sender.open(String, "/a", heard=False)
        assert not call("stop").success and not call("split").success and not bag.exists()
        assert call("start").message == f"recording into {bag}"
        refused = call("start")
        assert not refused.success and "stop that first" in refused.message
        sender.wait_for("/a")
        sender.text("/a")
        sender.flush()
        stopped = call("stop")
        assert stopped.success and f"{bag} is complete: " in stopped.message and "1 messages" in stopped.message
        same(bag, sender, "/a")
        listener.until(lambda: not sender.publishers["/a"].get_subscription_count(), "the end of the subscription")
        assert call("start").message == f"recording into {bag}-2"
        sender.wait_for("/a")
        sender.text("/a")
        sender.flush()
        assert recorder.stop() == 0
    assert bytes_of(by_rosbags(tmp_path / "bag-2"), "/a") == sender.sent["/a"][1:]


def test_what_the_queue_cannot_hold_is_counted_as_lost(listener, tmp_path):
    """A queue of two messages and a thousand sent in a moment: the recorder looks twenty times a second."""
    sender, bag = Sender(listener), tmp_path / "bag"
    statuses = listener.collect(DiagnosticArray, "/diagnostics")

    def warned():
        return [one.message for message in statuses for one in message.status if one.level == b"\1"]

    with running("recorder", bag=bag, topics="[/a]", queue_depth=2) as recorder:
        sender.open(String, "/a", QoSProfile(depth=1000))
        sender.text("/a")
        listener.spin(3.5)
        for _ in range(998):
            sender.text("/a")
        sender.flush("/a")
        listener.spin(0.5)
        sender.text("/a")
        sender.flush("/a")
        listener.spin(2.5)
        words = listener.until(lambda: [one for one in warned() if "did not arrive" in one], "a warning")[-1]
        assert recorder.stop() == 0 and "LOST" in recorder.output
    recorded = bytes_of(by_rosbags(bag), "/a")
    lost = 1000 - len(recorded)
    assert lost > 500 and recorded[-1] == sender.sent["/a"][-1] and set(recorded) < set(sender.sent["/a"])
    assert words == f"{lost} messages did not arrive"
    assert json.loads(bag_info(bag).custom["lost"]) == {"/a": lost}
    report = validate(bag)
    assert report.problems == [] and report.notes == [f"/a: {lost} messages between those in the bag are missing"]


@pytest.mark.parametrize("storage", STORAGES)
def test_simulated_time_stamps_the_messages(listener, tmp_path, storage):
    sender, bag = Sender(listener), tmp_path / "bag"
    with running("recorder", bag=bag, topics="[/a]", storage=storage, use_sim_time="true") as recorder:
        sender.open(Clock, "/clock", heard=False)
        sender.open(String, "/a")
        for second in range(40):
            sender.send("/clock", Clock(clock=Time(sec=1000 + second)))
            sender.text("/a")
            listener.spin(0.1)
        sender.flush("/a")
        assert recorder.stop() == 0
    assert bytes_of(by_rosbags(bag), "/a") == sender.sent["/a"]
    times = [moment * 1e-9 for moment, _ in by_rosbags(bag)["/a"]]
    assert times == sorted(times) and times[0] >= 1000 and 1030 < times[-1] <= 1040


def test_diagnostics_tell_counts_and_rates(listener, tmp_path):
    sender = Sender(listener)
    statuses = listener.collect(DiagnosticArray, "/diagnostics")

    def told():
        found = [one for message in statuses for one in message.status if one.name == "recorder"]
        return {value.key: value.value for value in found[-1].values} if found else {}

    with running("recorder", bag=tmp_path / "bag", topics="[/a]", report_period=0.5) as recorder:
        sender.open(String, "/a")
        for _ in range(150):
            sender.text("/a")
            listener.spin(0.02)
        line = listener.until(lambda: told().get("/a", "").startswith("150 messages") and told()["/a"], "all counted")
        rate = float(line.split(", ")[1].removesuffix(" Hz"))
        assert 5 < rate < 60 and line.endswith("0 lost") and told()["bag"] == str(tmp_path / "bag")
        assert "1 topics  /a " in recorder.output
