"""Bags written without a graph: what other readers find in them, new files, and disks that refuse."""

from __future__ import annotations

import errno
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rosbags.interfaces import QosReliability
from rosbags.rosbag2 import Reader

from hyperdynamics_ros.recording.bag_writer import BagWriter, WriterSettings
from hyperdynamics_ros.recording.errors import BagError, StorageFailed
from hyperdynamics_ros.recording.repair import repair
from hyperdynamics_ros.recording.validate import validate
from tests.recording.disks import read_only_folder, small_disk
from tests.recording.reading import by_others, by_rosbags, bytes_of, decoded, number
from tests.recording.writing import START, data_of, messages, topic, write

STORAGES = ["mcap", "sqlite3"]
FILES = {"mcap": "*.mcap", "sqlite3": "*.db3"}
COLUMNS = {
    "schema": ["schema_version", "ros_distro"],
    "metadata": ["id", "metadata_version", "metadata"],
    "topics": ["id", "name", "type", "serialization_format", "offered_qos_profiles", "type_description_hash"],
    "message_definitions": ["id", "topic_type", "encoding", "encoded_message_definition", "type_description_hash"],
    "messages": ["id", "topic_id", "timestamp", "data"],
}
"""Tables of rosbag2's SQLite files since Iron."""
LIMITED = """
import resource, sys
from pathlib import Path
from hyperdynamics_ros.recording.errors import StorageFailed
from tests.recording.writing import write
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write(Path(sys.argv[1]), 2000, storage=sys.argv[2])
except StorageFailed as error:
    print(error)
"""


@pytest.mark.parametrize("storage", STORAGES)
def test_two_other_readers_find_what_was_written(tmp_path, storage):
    made = write(tmp_path / "bag", storage=storage)
    expected = {name: [(one.received, one.data) for one in made if one.topic == name] for name in ("/a", "/b")}
    assert by_rosbags(tmp_path / "bag") == expected
    assert by_others(tmp_path / "bag") == expected


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_chunks_of_every_compression_are_read(tmp_path, compression):
    made = write(tmp_path / "bag", 400, compression=compression)
    assert bytes_of(by_rosbags(tmp_path / "bag"), "/a") == data_of(made, "/a")
    assert [one.data.split()[0] for one in decoded(tmp_path / "bag", "/b")] == [str(n) for n in range(1, 400, 2)]


@pytest.mark.parametrize("storage", STORAGES)
def test_metadata_is_that_of_version_9(tmp_path, storage):
    write(tmp_path / "bag", 100, storage=storage)
    told = yaml.safe_load((tmp_path / "bag" / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    assert told["version"] == 9 and told["storage_identifier"] == storage and told["message_count"] == 100
    assert told["starting_time"] == {"nanoseconds_since_epoch": START}
    assert told["duration"] == {"nanoseconds": 99_000_000}
    assert told["files"][0]["path"] == told["relative_file_paths"][0] == f"bag_0{FILES[storage][1:]}"
    described = told["topics_with_message_count"][0]["topic_metadata"]
    assert described["type"] == "std_msgs/msg/String" and described["type_description_hash"].startswith("RIHS01_df66")
    assert described["offered_qos_profiles"][0]["reliability"] == "reliable"


@pytest.mark.parametrize("storage", STORAGES)
def test_definitions_hashes_and_qos_are_in_the_files_as_well(tmp_path, storage):
    write(tmp_path / "bag", 10, storage=storage)
    (file,) = (tmp_path / "bag").glob(FILES[storage])
    with Reader(file) as reader:
        connection = reader.connections[0]
        assert connection.msgdef.data.rstrip().endswith("string data") and connection.msgtype == "std_msgs/msg/String"
        assert connection.ext.offered_qos_profiles[0].reliability == QosReliability.RELIABLE


def test_tables_of_a_database_are_those_of_rosbag2(tmp_path):
    write(tmp_path / "bag", 10, storage="sqlite3")
    connection = sqlite3.connect(tmp_path / "bag" / "bag_0.db3")
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in tables} == COLUMNS
    assert connection.execute("SELECT schema_version FROM schema").fetchone() == (4,)
    assert connection.execute("SELECT metadata_version FROM metadata").fetchone() == (9,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    indices = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")]
    assert indices == ["timestamp_idx"]
    assert sorted(path.name for path in (tmp_path / "bag").iterdir()) == ["bag_0.db3", "metadata.yaml"]


@pytest.mark.parametrize("storage", STORAGES)
def test_a_new_file_is_begun_before_one_is_too_big(tmp_path, storage):
    made = write(tmp_path / "bag", 1000, storage=storage, max_bag_size=50_000)
    files = sorted((tmp_path / "bag").glob(FILES[storage]), key=number)
    assert len(files) > 4 and [number(path) for path in files] == [*range(len(files))]
    assert all(path.stat().st_size < 80_000 for path in files)
    for contents in (by_rosbags(tmp_path / "bag"), by_others(tmp_path / "bag")):
        assert bytes_of(contents, "/a") == data_of(made, "/a") and bytes_of(contents, "/b") == data_of(made, "/b")
    assert validate(tmp_path / "bag").problems == []


@pytest.mark.parametrize("storage", STORAGES)
def test_a_new_file_is_begun_when_one_is_old(tmp_path, storage):
    now = [0.0]
    settings = WriterSettings(storage=storage, max_bag_duration=1.0, min_free_space=0)
    writer, made = BagWriter(tmp_path / "bag", settings, lambda: now[0]), messages(100)
    for name in ("/a", "/b"):
        writer.add_topic(topic(name))
    for message in made:
        writer.write(message)
        now[0] += 0.11
    writer.close()
    counts = [file.messages for file in writer.files]
    assert counts[:-1] == [10] * (len(counts) - 1) and sum(counts) == 100
    assert bytes_of(by_rosbags(tmp_path / "bag"), "/b") == data_of(made, "/b")


def test_a_split_on_request_needs_something_to_split(tmp_path):
    writer, made = BagWriter(tmp_path / "bag", WriterSettings(min_free_space=0)), messages(4)
    writer.split()
    for name in ("/a", "/b"):
        writer.add_topic(topic(name))
    writer.write(made[0])
    writer.split()
    writer.split()
    writer.write(made[1])
    writer.close()
    assert [file.messages for file in writer.files] == [1, 1]


@pytest.mark.parametrize("storage", STORAGES)
def test_a_bag_without_messages_is_a_bag(tmp_path, storage):
    BagWriter(tmp_path / "bag", WriterSettings(storage=storage, min_free_space=0)).close()
    assert by_rosbags(tmp_path / "bag") == {} and validate(tmp_path / "bag").problems == []


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "notes.txt").write_text("mine")
    with pytest.raises(BagError, match="bag exists and is not empty; give another folder"):
        write(tmp_path / "bag")
    assert (tmp_path / "bag" / "notes.txt").read_text() == "mine"


def test_one_writer_a_bag(tmp_path):
    writer = BagWriter(tmp_path / "bag", WriterSettings(min_free_space=0))
    for action in (validate, repair):
        with pytest.raises(BagError, match="being written to"):
            action(tmp_path / "bag")
    writer.close()
    assert validate(tmp_path / "bag").problems == []


@pytest.mark.parametrize("folder", ["/proc/bag", "/dev/null/bag"])
def test_a_folder_that_cannot_be_made_is_named(folder):
    with pytest.raises(StorageFailed, match=f"bag {folder} cannot be made: .*; give a folder that can be written to"):
        write(Path(folder))


@pytest.mark.parametrize("storage", STORAGES)
def test_a_read_only_folder_is_named(tmp_path, storage):
    with read_only_folder(tmp_path / "disk") as folder:
        with pytest.raises(StorageFailed, match="Read-only file system|Permission denied"):
            write(folder / "bag", storage=storage)
        with pytest.raises(StorageFailed, match="give a folder that can be written to"):
            write(folder, storage=storage)


@pytest.mark.parametrize("storage", STORAGES)
def test_a_full_disk_ends_the_recording_and_what_was_flushed_is_safe(tmp_path, storage):
    with small_disk(tmp_path / "disk", 400_000) as disk:
        with pytest.raises(StorageFailed, match="was stopped: .*full|was stopped: No space left") as failure:
            write(disk / "bag", 5000, storage=storage)
        assert "hyperdynamics dataset repair" in str(failure.value)
        subprocess.run(["cp", "-r", disk / "bag", tmp_path / "copy"], check=True)
        with pytest.raises(StorageFailed, match="cannot be repaired: .*nothing of it was lost"):
            repair(disk / "bag")
        assert validate(disk / "bag").contents.messages == validate(tmp_path / "copy").contents.messages
    report = repair(tmp_path / "copy")
    made = messages(5000)
    assert report.contents.messages > 250 and validate(tmp_path / "copy").problems == []
    found = bytes_of(by_rosbags(tmp_path / "copy"), "/a")
    assert found == data_of(made, "/a")[: len(found)] and len(found) > 120


@pytest.mark.parametrize("storage", STORAGES)
def test_a_disk_that_is_nearly_full_leaves_a_complete_bag(tmp_path, storage):
    with small_disk(tmp_path / "disk", 4_000_000) as disk:
        with pytest.raises(StorageFailed, match="less than min_free_space .2 MB.; the bag is complete up to here"):
            write(disk / "bag", 20_000, storage=storage, min_free_space=2_000_000)
        assert validate(disk / "bag").problems == []
        found = bytes_of(by_rosbags(disk / "bag"), "/a")
        assert found == data_of(messages(20_000), "/a")[: len(found)] and len(found) > 500


@pytest.mark.parametrize("storage", STORAGES)
def test_a_limit_on_the_size_of_files_is_told_like_a_full_disk(tmp_path, storage):
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "bag"), storage]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "was stopped: " in ended.stdout and "what was flushed before is safe" in ended.stdout, ended.stderr
    assert repair(tmp_path / "bag").contents.messages >= 40


def test_half_a_record_is_taken_back(tmp_path, monkeypatch):
    """The file ends with a whole record after a failure in the middle of one."""
    import hyperdynamics_ros.recording.mcap_storage as storage

    real, calls = storage.os.write, [0]

    def failing(descriptor, data):
        calls[0] += 1
        if calls[0] > 12:
            if calls[0] == 13:
                return real(descriptor, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(storage.os, "write", failing)
    with pytest.raises(StorageFailed, match="No space left on device"):
        write(tmp_path / "bag", 2000)
    monkeypatch.undo()
    problems = validate(tmp_path / "bag").problems
    assert not any("middle of a record" in line for line in problems) and any("not closed" in line for line in problems)


def test_limits_of_this_process_are_as_they_were():
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
