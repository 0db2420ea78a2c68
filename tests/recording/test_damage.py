"""Damaged bags given to validate and repair: what is said to be missing is what is missing, and the rest is kept."""

from __future__ import annotations

import random
import shutil
import struct
from pathlib import Path

import pytest
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from hyperdynamics_ros.recording import repair as repair_module
from hyperdynamics_ros.recording.bag_info import bag_info
from hyperdynamics_ros.recording.errors import BagError, StorageFailed
from hyperdynamics_ros.recording.mcap_framing import CHUNK, Framing, Record
from hyperdynamics_ros.recording.repair import ORIGINALS, repair
from hyperdynamics_ros.recording.validate import validate
from tests.recording.reading import by_others, by_rosbags, bytes_of
from tests.recording.writing import data_of, text, write

STORAGES = ["mcap", "sqlite3"]
FILES = {"mcap": "bag_0.mcap", "sqlite3": "bag_0.db3"}


def chunks(path: Path) -> list[Record]:
    framing = Framing(path)
    found = [one for one in framing.records() if isinstance(one, Record) and one.opcode == CHUNK]
    framing.close()
    return found


def flip(path: Path, offset: int, mask: int = 0x10) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= mask
    path.write_bytes(data)


def check_repaired(bag: Path, made, messages: int) -> None:
    """Both other readers take the bag, and all in it is what was written, in order."""
    assert validate(bag).problems == []
    for contents in (by_rosbags(bag), by_others(bag)):
        assert sum(map(len, contents.values())) == messages
        for name in contents:
            sent = iter(data_of(made, name))
            assert all(data in sent for data in bytes_of(contents, name)), f"{name}: not what was sent, or not in order"


@pytest.mark.parametrize("storage", STORAGES)
def test_a_whole_bag_has_no_problems_and_is_left_alone(tmp_path, storage):
    write(tmp_path / "bag", storage=storage)
    before = {path.name: path.read_bytes() for path in (tmp_path / "bag").iterdir()}
    report = validate(tmp_path / "bag")
    assert report.problems == [] and report.notes == [] and report.contents.counts == {"/a": 100, "/b": 100}
    assert repair(tmp_path / "bag").rewritten == []
    assert {path.name: path.read_bytes() for path in (tmp_path / "bag").iterdir()} == before


@pytest.mark.parametrize("storage", STORAGES)
def test_missing_metadata_is_written_anew(tmp_path, storage):
    made = write(tmp_path / "bag", storage=storage)
    (tmp_path / "bag" / "metadata.yaml").unlink()
    assert validate(tmp_path / "bag").problems == [
        "metadata.yaml is missing: the recording did not come to its end",
    ]
    info = bag_info(tmp_path / "bag")
    assert not info.complete and info.messages == 200 and info.duration == pytest.approx(0.199)
    report = repair(tmp_path / "bag")
    assert report.rewritten == [] and report.originals is None
    check_repaired(tmp_path / "bag", made, 200)


@pytest.mark.parametrize("text", ["", "- 1\n- 2", "rosbag2_bagfile_information: {version: 9}", "a: [", "\0\1"])
def test_damaged_metadata_is_named(tmp_path, text):
    write(tmp_path / "bag")
    (tmp_path / "bag" / "metadata.yaml").write_text(text)
    (problem,) = validate(tmp_path / "bag").problems
    assert "metadata.yaml" in problem and ("cannot be read" in problem or "lacks" in problem)
    with pytest.raises(BagError, match="metadata"):
        bag_info(tmp_path / "bag")
    repair(tmp_path / "bag")
    assert bag_info(tmp_path / "bag").messages == 200


@pytest.mark.parametrize("storage", STORAGES)
def test_a_bag_that_is_cut_anywhere_is_repaired_up_to_there(tmp_path, storage):
    made = write(tmp_path / "whole", 400, storage=storage, chunk_size=2000)
    size = (tmp_path / "whole" / FILES[storage].replace("bag", "whole")).stat().st_size
    before = 0
    for index, cut in enumerate(sorted(random.Random(1).sample(range(30_000, size), 12))):
        bag = tmp_path / f"bag{index}"
        shutil.copytree(tmp_path / "whole", bag)
        (bag / "metadata.yaml").unlink()
        file = next(iter(bag.glob("whole_0*")))
        with file.open("r+b") as opened:
            opened.truncate(cut)
        report = repair(bag)
        assert report.before.problems and report.contents.messages >= before
        assert report.contents.messages > 400 * cut / size * (0.6 if storage == "mcap" else 0.4) - 30
        before = report.contents.messages
        check_repaired(bag, made, before)
        assert (bag / ORIGINALS / file.name).stat().st_size == cut
    assert before > 300


@pytest.mark.parametrize("size", [200, 4030, 4060, 4090, 9000, 60_000])
def test_a_long_message_whose_end_is_missing_is_not_taken_for_whole(tmp_path, size):
    made = write(tmp_path / "whole", 60, size, storage="sqlite3")
    file = tmp_path / "whole" / "whole_0.db3"
    for index, cut in enumerate(random.Random(3).sample(range(30_000, file.stat().st_size), 8) if size > 200 else []):
        bag = tmp_path / f"bag{index}"
        shutil.copytree(tmp_path / "whole", bag)
        with (bag / "whole_0.db3").open("r+b") as opened:
            opened.truncate(cut)
        try:
            check_repaired(bag, made, repair(bag).contents.messages)
        except BagError:
            assert cut < 0.8 * file.stat().st_size


def test_a_damaged_chunk_is_told_with_what_was_in_it(tmp_path):
    made = write(tmp_path / "bag", 400)
    file = tmp_path / "bag" / FILES["mcap"]
    damaged = chunks(file)[5]
    flip(file, damaged.offset + len(damaged.content) // 2)
    report = validate(tmp_path / "bag")
    lost = sum(report.lost.values())
    assert 1 < lost < 40 and report.contents.messages == 400 - lost
    assert any(f"the chunk at byte {damaged.offset} " in line and "of /a" in line for line in report.problems)
    assert f"/a: {report.lost['/a']} of 200 messages are missing" in report.problems
    gaps = "".join(report.notes)
    assert f"/a: {report.lost['/a']} messages between those in the bag are missing" in gaps
    assert repair(tmp_path / "bag").lost == report.lost
    check_repaired(tmp_path / "bag", made, 400 - lost)


def test_the_first_chunk_may_be_the_damaged_one(tmp_path):
    """It alone holds the descriptions of the topics, but for the summary."""
    made = write(tmp_path / "bag", 400)
    file = tmp_path / "bag" / FILES["mcap"]
    first = chunks(file)[0]
    flip(file, first.offset + 200)
    report = repair(tmp_path / "bag")
    assert set(report.lost) == {"/a", "/b"} and report.contents.messages == 400 - sum(report.lost.values()) > 350
    check_repaired(tmp_path / "bag", made, report.contents.messages)


def test_a_wrong_length_does_not_hide_what_follows(tmp_path):
    made = write(tmp_path / "bag", 400)
    file = tmp_path / "bag" / FILES["mcap"]
    damaged = chunks(file)[5]
    data = bytearray(file.read_bytes())
    struct.pack_into("<Q", data, damaged.offset + 1, len(damaged.content) + 5000)
    file.write_bytes(data)
    report = repair(tmp_path / "bag")
    assert any(line.startswith(f"bag_0.mcap: bytes {damaged.offset} to ") for line in report.before.problems)
    assert 360 < report.contents.messages < 400
    check_repaired(tmp_path / "bag", made, report.contents.messages)


@pytest.mark.parametrize("storage", STORAGES)
def test_bytes_overwritten_at_random_never_bring_in_what_was_not_sent(tmp_path, storage):
    made = write(tmp_path / "whole", 400, storage=storage)
    noise = random.Random(2)
    for index in range(10):
        bag = tmp_path / f"bag{index}"
        shutil.copytree(tmp_path / "whole", bag)
        file = next(iter(bag.glob("whole_0*")))
        data = bytearray(file.read_bytes())
        place = noise.randrange(len(data) // 3, len(data) - 600)
        data[place : place + 500] = bytes(500) if storage == "sqlite3" else noise.randbytes(500)
        file.write_bytes(data)
        if validate(bag).problems == []:
            continue  # an unused part of a page
        try:
            report = repair(bag)
        except BagError:
            assert storage == "sqlite3"  # the one page that leads to all others was hit
            continue
        assert report.contents.messages > 250
        if storage == "mcap":  # SQLite has no checksums: zeros in the middle of a message go unseen
            check_repaired(bag, made, report.contents.messages)
        assert validate(bag).problems == []


def test_a_damaged_summary_is_told_and_mended(tmp_path):
    made = write(tmp_path / "bag")
    file = tmp_path / "bag" / FILES["mcap"]
    flip(file, file.stat().st_size - 200)
    assert any("summary" in line for line in validate(tmp_path / "bag").problems)
    repair(tmp_path / "bag")
    check_repaired(tmp_path / "bag", made, 200)


@pytest.mark.parametrize("storage", STORAGES)
def test_files_that_are_missing_or_too_many_are_named(tmp_path, storage):
    made = write(tmp_path / "bag", 600, storage=storage, max_bag_size=50_000)
    files = sorted((tmp_path / "bag").glob("bag_*"))
    assert len(files) > 2
    gone, suffix = files[1], files[1].suffix
    gone.unlink()
    shutil.copy(files[0], tmp_path / "bag" / f"bag_99{suffix}")
    problems = validate(tmp_path / "bag").problems
    assert any(line.startswith(f"{gone.name} is missing, and with it ") for line in problems)
    assert f"bag_99{suffix} is not listed in metadata.yaml" in problems
    (tmp_path / "bag" / f"bag_99{suffix}").unlink()
    report = repair(tmp_path / "bag")
    check_repaired(tmp_path / "bag", made, report.contents.messages)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("content", [b"", b"hello", bytes(5000), b"\x89MCAP0\r\n", b"SQLite format 3\0" + bytes(84)])
def test_a_file_of_something_else_is_taken_out(tmp_path, storage, content):
    made = write(tmp_path / "bag", 600, storage=storage, max_bag_size=50_000)
    files = sorted((tmp_path / "bag").glob("bag_*"))
    files[1].write_bytes(content)
    assert any(line.startswith(f"{files[1].name}: ") for line in validate(tmp_path / "bag").problems)
    report = repair(tmp_path / "bag")
    assert report.dropped == [files[1].name]
    assert (tmp_path / "bag" / ORIGINALS / files[1].name).read_bytes() == content
    check_repaired(tmp_path / "bag", made, report.contents.messages)


@pytest.mark.parametrize("storage", STORAGES)
def test_a_bag_without_a_readable_message_is_refused_and_left_alone(tmp_path, storage):
    write(tmp_path / "bag", storage=storage)
    (tmp_path / "bag" / FILES[storage]).write_bytes(b"nothing")
    with pytest.raises(BagError, match="no message of .* can be read"):
        repair(tmp_path / "bag")
    assert (tmp_path / "bag" / FILES[storage]).read_bytes() == b"nothing"


@pytest.mark.parametrize("action", [validate, repair, bag_info])
def test_what_is_no_bag_is_named(tmp_path, action):
    with pytest.raises(BagError, match="nope is no folder; give the folder of a bag"):
        action(tmp_path / "nope")
    with pytest.raises(BagError, match="holds no .mcap or .db3 file"):
        action(tmp_path)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("stage", ["_rewrite", "_put_away", "_describe"])
def test_a_repair_that_is_cut_off_anywhere_is_done_when_given_again(tmp_path, storage, stage, monkeypatch):
    made = write(tmp_path / "bag", 300, storage=storage, close=False)
    for lock in (path for path in (tmp_path / "bag").iterdir() if path.suffix == ".lock"):
        lock.unlink()
    shutil.copytree(tmp_path / "bag", tmp_path / "killed")  # as a kill leaves it: the writer still holds the first
    bag = tmp_path / "killed"
    real = getattr(repair_module, stage)

    def killed(*arguments):
        if stage != "_describe":
            real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(repair_module, stage, killed)
    with pytest.raises(KeyboardInterrupt):
        repair(bag)
    monkeypatch.undo()
    assert repair(bag).contents.messages == 300
    check_repaired(bag, made, 300)


@pytest.mark.parametrize("storage", STORAGES)
def test_what_was_not_flushed_is_all_that_a_kill_costs(tmp_path, storage):
    made = write(tmp_path / "bag", 310, storage=storage, close=False, flush_every=100, chunk_size=10**6)
    shutil.copytree(tmp_path / "bag", tmp_path / "killed")
    report = repair(tmp_path / "killed")
    assert report.contents.messages == 300 and any("was not closed" in line for line in report.before.problems)
    check_repaired(tmp_path / "killed", made, 300)


def test_a_repair_without_room_loses_nothing(tmp_path, monkeypatch):
    write(tmp_path / "bag", 300, close=False)
    shutil.copytree(tmp_path / "bag", tmp_path / "killed")
    before = {path.name: path.read_bytes() for path in (tmp_path / "killed").iterdir()}

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(repair_module, "open_storage", full)
    with pytest.raises(StorageFailed, match="No space left on device; nothing of it was lost"):
        repair(tmp_path / "killed")
    assert {path.name: path.read_bytes() for path in (tmp_path / "killed").iterdir()} == before


@pytest.mark.parametrize("plugin", [StoragePlugin.MCAP, StoragePlugin.SQLITE3])
def test_bags_of_another_writer_are_understood(tmp_path, plugin):
    store = get_typestore(Stores.ROS2_KILTED)
    with Writer(tmp_path / "bag", version=9, storage_plugin=plugin) as writer:
        connection = writer.add_connection("/a", "std_msgs/msg/String", typestore=store)
        writer.add_connection("/silent", "std_msgs/msg/String", typestore=store)
        for index in range(50):
            writer.write(connection, index, text(f"{index}"))
    report = validate(tmp_path / "bag")
    assert report.problems == [] and report.contents.counts == {"/a": 50}
    (tmp_path / "bag" / "metadata.yaml").unlink()
    repair(tmp_path / "bag")
    assert bytes_of(by_rosbags(tmp_path / "bag"), "/a") == [text(f"{index}") for index in range(50)]
