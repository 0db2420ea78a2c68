"""The recorder stopped at random moments: complete after SIGINT and SIGTERM, repaired after SIGKILL."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import time

import pytest
from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Image

from hyperdynamics_ros.recording.repair import repair
from hyperdynamics_ros.recording.validate import validate
from tests.recording.disks import frozen
from tests.recording.reading import by_others, by_rosbags, bytes_of
from tests.recording.sending import Sender, moment
from tests.ros.processes import running

FEW, MANY = 1, 20
ROUNDS = [FEW, pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
STORAGES = ["mcap", "sqlite3"]


def topics_of(sender):
    """Others in every round: a recorder that was killed seems to listen for a while to those of its own."""
    return f"/state{sender.number}", f"/image{sender.number}"


def heard(sender, state, image):
    """Wait until the recorder has got all that was sent: the middleware may hold a topic's first messages back until
    its next heartbeat, 3 s; before that nothing was received that could be lost."""
    statuses = sender.listener.collect(DiagnosticArray, "/diagnostics")
    sender.state(state)
    sender.image(image, 32)

    def counts():
        values = [value for message in statuses for status in message.status for value in status.values]
        return {value.key for value in values if value.key in (state, image) and not value.value.startswith("0 ")}

    sender.listener.until(lambda: counts() == {state, image}, "the first messages")


def record(sender, bag, storage, end, seconds=(0.2, 3.0), **options):
    """Publish, end the recorder after a random time by ``end(process)``; returns the moment before and its output."""
    topics = topics_of(sender)
    with running("recorder", bag=bag, storage=storage, topics=f"[{', '.join(topics)}]", **options) as recorder:
        for topic, kind in zip(topics, (Odometry, Image), strict=True):
            sender.open(kind, topic)
        heard(sender, *topics)
        sender.run(moment(*seconds), *topics)
        before = time.monotonic()
        end(recorder)
        recorder.wait()
        return before, recorder.output


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_a_signal_the_bag_is_complete(listener, tmp_path, storage, number, rounds):
    for index in range(rounds):
        sender, bag = Sender(listener, index), tmp_path / f"bag{index}"

        def end(process, sender=sender):
            sender.flush()
            process.signal(number)
            process.signal(number)  # a second one hurries nothing

        _, output = record(sender, bag, storage, end)
        assert "Traceback" not in output and "is complete: " in output
        assert validate(bag).problems == [] and validate(bag).notes == []
        for contents in (by_rosbags(bag), by_others(bag)):
            for topic in topics_of(sender):
                assert bytes_of(contents, topic) == sender.sent[topic], f"round {index}, {topic}"
        shutil.rmtree(bag)


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("storage", STORAGES)
def test_a_signal_while_it_starts_leaves_no_half_a_bag(tmp_path, storage, rounds):
    whole = 0
    for index in range(rounds):
        bag = tmp_path / f"bag{index}"
        with running("recorder", cold=True, bag=bag, storage=storage) as recorder:
            time.sleep(moment(0.3, 4.0))
            number = (signal.SIGINT, signal.SIGTERM)[index % 2]
            recorder.signal(number)
            assert recorder.wait() == 0 and "Traceback" not in recorder.output
        if bag.exists():
            whole += 1
            assert validate(bag).problems == []
            assert sum(map(len, by_rosbags(bag).values())) == validate(bag).contents.messages
    print(f"{whole} of {rounds} had begun a bag")


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("storage", STORAGES)
def test_after_a_kill_all_but_the_last_moment_is_repaired(listener, tmp_path, storage, rounds):
    shares = []
    for index in range(rounds):
        sender, bag = Sender(listener, index), tmp_path / f"bag{index}"
        before, _ = record(sender, bag, storage, lambda process: process.signal(signal.SIGKILL), (1.2, 3.5))
        problems = validate(bag).problems
        assert any("metadata.yaml is missing" in line for line in problems)
        assert any("was not closed" in line for line in problems)
        report = repair(bag)
        assert validate(bag).problems == []
        assert report.contents.messages == sum(map(len, by_rosbags(bag).values()))
        for contents in (by_rosbags(bag), by_others(bag)):
            for topic in topics_of(sender):
                found, sent = bytes_of(contents, topic), sender.sent[topic]
                assert found == sent[: len(found)], f"round {index}, {topic}"
                due = sum(sent_at < before - 1.0 for sent_at in sender.times[topic])
                shares.append(min(1.0, len(found) / due) if due else 1.0)
        shutil.rmtree(bag)
    print(f"{rounds} kills, {storage}: least share of what was sent a second before: {min(shares):.3f}")
    assert min(shares) >= 0.95


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("storage", STORAGES)
def test_after_a_kill_between_files_nothing_more_is_lost(listener, tmp_path, storage, rounds):
    for index in range(rounds):
        sender, bag = Sender(listener, index), tmp_path / f"bag{index}"
        end = lambda process: process.signal(signal.SIGKILL)  # noqa: E731
        before, _ = record(sender, bag, storage, end, (1.2, 2.5), max_bag_size=60_000)
        repair(bag)
        for topic in topics_of(sender):
            found, sent = bytes_of(by_rosbags(bag), topic), sender.sent[topic]
            due = sum(sent_at < before - 1.0 for sent_at in sender.times[topic])
            assert found == sent[: len(found)] and len(found) >= 0.95 * due
        shutil.rmtree(bag)


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("storage", STORAGES)
def test_when_files_may_grow_no_more_the_rest_goes_on(listener, tmp_path, storage, rounds):
    """RLIMIT_FSIZE set from outside at a random moment stands for a disk that fills up."""
    for index in range(rounds):
        sender, bag = Sender(listener, index), tmp_path / f"bag{index}"

        def end(process, sender=sender, bag=bag):
            size = sum(path.stat().st_size for path in bag.iterdir()) + 100_000
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size))
            for _ in range(60):
                sender.run(0.1, *topics_of(sender))
                if "was stopped: " in process.output:
                    break
            listener.spin(0.2)
            assert process.code is None and os.path.exists(f"/proc/{process.pid}")
            process.signal(signal.SIGTERM)

        _, output = record(sender, bag, storage, end, (0.2, 2.0))
        assert "was stopped: " in output and "hyperdynamics dataset repair" in output and "Traceback" not in output
        repair(bag)
        assert validate(bag).problems == []
        for topic in topics_of(sender):
            found, sent = bytes_of(by_rosbags(bag), topic), sender.sent[topic]
            assert found and found == sent[: len(found)]
        shutil.rmtree(bag)


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("storage", STORAGES)
def test_when_the_folder_becomes_read_only_the_rest_goes_on(listener, tmp_path, storage, rounds):
    for index in range(rounds):
        sender, bag = Sender(listener, index), tmp_path / f"bag{index}"

        def end(process, sender=sender, bag=bag):
            with frozen(bag):
                for _ in range(100):
                    sender.run(0.1, *topics_of(sender))
                    if "was stopped: " in process.output:
                        break
                listener.spin(0.2)
                assert process.code is None
                process.signal(signal.SIGTERM)
                process.wait()

        before, output = record(sender, bag, storage, end, (0.2, 2.0), max_bag_size=60_000)
        assert "was stopped: " in output and "Traceback" not in output
        assert re.search("not permitted|Permission denied|unable to open|readonly database|disk I/O error", output)
        repair(bag)
        assert validate(bag).problems == []
        for topic in topics_of(sender):
            found, sent = bytes_of(by_rosbags(bag), topic), sender.sent[topic]
            due = sum(sent_at < before - 1.0 for sent_at in sender.times[topic])
            assert found == sent[: len(found)] and len(found) >= 0.95 * due
        shutil.rmtree(bag)
