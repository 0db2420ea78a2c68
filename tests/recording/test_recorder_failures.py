"""The recorder as a process of its own: what it cannot do ends it, or its recording, with the reason."""

from __future__ import annotations

import pytest
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import Image
from std_srvs.srv import Trigger

from tests.recording.disks import read_only_folder, small_disk
from tests.recording.reading import bytes_of
from tests.recording.sending import Sender
from tests.ros.processes import running

STORAGES = ["mcap", "sqlite3"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"storage": "tape"}, "parameter storage is 'tape': must be one of mcap, sqlite3"),
        ({"regex": "'('"}, "parameter regex is '(': must be a regular expression"),
        ({"exclude_regex": "'*'"}, "parameter exclude_regex is '*'"),
        ({"topics": "[1, 2]"}, "topics"),
        ({"max_bag_size": -1}, "max_bag_size is -1: must be 0 to"),
        ({"chunk_size": 10}, "chunk_size is 10: must be 1024 to"),
        ({"flush_period": 0.0}, "flush_period is 0.0: must be 0.05 to 60 s"),
        ({"compression": "zip"}, "must be one of none, lz4, zstd"),
        ({"bagg": "x"}, "parameter bagg is not known"),
        ({"bag": "/proc/bag"}, "bag /proc/bag cannot be made"),
        ({"bag": "/etc"}, "/etc exists and is not empty; give another folder"),
    ],
)
def test_bad_parameters_end_the_node_with_the_reason(given, words, tmp_path):
    with running("recorder", **{"bag": tmp_path / "bag", **given}) as recorder:
        assert recorder.wait() == 1
        assert words in recorder.output and "Traceback" not in recorder.output
    assert not (tmp_path / "bag").exists()


def test_a_read_only_folder_ends_the_node_with_the_reason(tmp_path):
    with read_only_folder(tmp_path / "disk") as folder, running("recorder", bag=folder / "bag") as recorder:
        assert recorder.wait() == 1
        assert "cannot be made: " in recorder.output and "give a folder that can be written to" in recorder.output


@pytest.mark.parametrize("storage", STORAGES)
def test_a_full_disk_ends_the_recording_and_nothing_else(listener, tmp_path, storage):
    sender = Sender(listener)
    statuses = listener.collect(DiagnosticArray, "/diagnostics")

    def errors():
        found = [one for message in statuses for one in message.status if one.name == "recorder"]
        return [one.message for one in found if one.level == b"\2"]

    with small_disk(tmp_path / "disk", 2_000_000) as disk:
        bag = disk / "bag"
        with running("recorder", bag=bag, storage=storage, min_free_space=0, topics="[/image]") as recorder:
            sender.open(Image, "/image")
            for _ in range(60):
                sender.image("/image")
                listener.spin(0.02)
            (message, *_) = listener.until(errors, "an error on /diagnostics")
            assert "was stopped: " in message and "hyperdynamics dataset repair" in message
            assert message in recorder.output and recorder.code is None
            listener.until(lambda: not sender.publishers["/image"].get_subscription_count(), "the subscription's end")
            answer = listener.call(Trigger, "/recorder/start", Trigger.Request())
            assert answer.success or "cannot be" in answer.message  # whether there is room for a new file's beginning
            assert recorder.stop() == 0
        recorded = bytes_of(readable(bag), "/image")
        assert recorded == sender.sent["/image"][: len(recorded)] and len(recorded) >= 10


def readable(bag):
    """What can be read of a bag that was not completed."""
    from hyperdynamics_ros.recording.bag_files import bag_files, open_reader

    reader = open_reader(bag_files(bag)[0])
    found = {"/image": [(one.received, one.data) for one in reader.messages()]}
    reader.close()
    return found
