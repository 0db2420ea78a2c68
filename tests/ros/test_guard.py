"""Guards count, keep the order of stamps, and do not flood the log."""

from __future__ import annotations

from hyperdynamics_ros.checks import check_pose
from hyperdynamics_ros.guard import Guard
from tests.ros import messages


class Log:
    def __init__(self):
        self.lines = []

    def warning(self, line):
        self.lines.append(line)


def make(log, now, **options):
    return Guard("end_effector/pose", check_pose, log, now=lambda: now[0], **options)


def test_counts_and_names_what_was_refused_at_most_once_a_second():
    log, now = Log(), [0.0]
    guard = make(log, now)
    bad = messages.pose()
    bad.header.frame_id = "map"
    for moment in (0.0, 0.2, 0.4, 1.1):
        now[0] = moment
        assert not guard.accept(bad)
    assert guard.accept(messages.pose())
    assert (guard.accepted, guard.refused) == (1, 4)
    assert len(log.lines) == 2
    assert "refused 3 message(s)" in log.lines[1] and "'map'" in log.lines[1]


def test_a_refusal_within_the_second_is_named_later():
    log, now = Log(), [0.0]
    guard = make(log, now)
    guard.refuse("first")
    guard.refuse("second")
    guard.log_rest()
    now[0] = 1.0
    guard.log_rest()
    guard.log_rest()
    assert [line.split(": ")[-1] for line in log.lines] == ["first", "second"]


def test_stamps_must_not_go_back_until_the_clock_does():
    guard = make(Log(), [0.0])
    newer, older = messages.pose(), messages.pose()
    newer.header.stamp.sec += 1
    assert guard.accept(newer) and guard.accept(newer)
    assert not guard.accept(older)
    assert "go back" in guard.last_refusal
    guard.forget_stamps()
    assert guard.accept(older)


def test_a_restarted_publisher_is_heard_again_after_a_silence():
    now, restarts = [0.0], []
    guard = make(Log(), now, on_restart=lambda: restarts.append(now[0]))
    newer, older = messages.pose(), messages.pose()
    newer.header.stamp.sec += 1
    assert guard.accept(newer)
    now[0] = 1.9
    assert not guard.accept(older)
    now[0] = 2.1
    assert guard.accept(older) and guard.accept(newer) and restarts == [2.1]


def test_unordered_topics_may_go_back():
    guard = make(Log(), [0.0], ordered=False)
    newer = messages.pose()
    newer.header.stamp.sec += 1
    assert guard.accept(newer) and guard.accept(messages.pose())


def test_all_is_refused_only_where_something_came_and_nothing_passed():
    now = [1.0]
    guard = make(Log(), now)
    assert not guard.refused_all_since(0.0)
    assert guard.accept(messages.pose())
    now[0] = 2.0
    guard.refuse("nan")
    assert guard.refused_all_since(1.0) and not guard.refused_all_since(0.5) and not guard.refused_all_since(2.0)
