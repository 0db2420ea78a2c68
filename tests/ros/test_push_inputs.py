"""Which moment the controller plans for: everything of one stamp, nothing old, nothing of another episode."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hyperdynamics_core.control.commands import ResultCode
from hyperdynamics_ros.conversions.arrays import point, time_message
from hyperdynamics_ros.conversions.experts import expert_message
from hyperdynamics_ros.conversions.states import end_effector_message, odometry_message
from hyperdynamics_ros.push_inputs import Missing, Moment, PushInputs
from tests.ros import messages

STEP = 800_000_000
LIMITS = dict.fromkeys(Missing, 10.0)


def state(x=0.1):
    made = np.zeros(16)
    made[0], made[6] = x, 1.0
    return made


def add_state(inputs, stamp, x=0.1):
    inputs.states.add_odometry(odometry_message(state(x), stamp))
    inputs.states.add_end_effector(end_effector_message(state(x), stamp))
    inputs.heard_state()


def add_objects(inputs, stamp, places=((0.11, 0.0), (0.0, 0.2))):
    message = messages.objects()
    message.header.stamp = time_message(stamp)
    message.objects = message.objects[: len(places)]
    for item, place in zip(message.objects, places, strict=True):
        item.centre = item.position = point((*place, 0.02))
    inputs.add_objects(message)


def add_experts(inputs, stamp, episode=0):
    message = expert_message(messages.bank(), stamp, torch.zeros(2))
    message.episode = episode
    inputs.add_experts(message)


@pytest.fixture
def inputs():
    return PushInputs(tolerance=1_000_000, object_radius=0.06)


def test_a_moment_is_complete_with_state_objects_and_experts(inputs):
    assert inputs.newest(0, True, LIMITS) is Missing.STATE
    add_state(inputs, STEP)
    assert inputs.newest(0, True, LIMITS) is Missing.OBJECTS
    add_objects(inputs, STEP)
    assert inputs.newest(0, True, LIMITS) is Missing.EXPERT
    add_experts(inputs, STEP)
    moment = inputs.newest(0, True, LIMITS)
    assert isinstance(moment, Moment) and moment.stamp == STEP and moment.experts is not None
    assert moment.object_box.centre[0] == pytest.approx(0.11) and len(moment.obstacles) == 1


def test_nothing_from_before_the_last_command_counts(inputs):
    add_state(inputs, STEP)
    add_objects(inputs, STEP)
    add_experts(inputs, STEP)
    assert inputs.newest(2 * STEP, True, LIMITS) is Missing.STATE
    add_state(inputs, 2 * STEP)
    assert inputs.newest(2 * STEP, True, LIMITS) is Missing.OBJECTS
    assert inputs.newest(2 * STEP, False, LIMITS).stamp == 2 * STEP
    add_objects(inputs, 2 * STEP)
    assert inputs.newest(2 * STEP, True, LIMITS) is Missing.EXPERT


def test_a_view_that_still_lacks_experts_does_not_hide_the_one_before(inputs):
    for stamp in (STEP, 2 * STEP):
        add_state(inputs, stamp)
        add_objects(inputs, stamp)
    add_experts(inputs, STEP)
    assert inputs.newest(0, True, LIMITS).stamp == STEP


def test_an_object_out_of_view_needs_no_experts(inputs):
    add_state(inputs, STEP)
    add_objects(inputs, STEP, places=((-0.2, -0.2),))
    moment = inputs.newest(0, True, LIMITS)
    assert moment.object_box is None and len(moment.obstacles) == 1


def test_experts_may_come_before_the_number_of_their_episode(inputs):
    inputs.begin_episode(1)
    add_experts(inputs, STEP, episode=2)
    add_state(inputs, STEP)
    add_objects(inputs, STEP)
    assert inputs.newest(0, True, LIMITS) is Missing.EXPERT
    inputs.begin_episode(2)
    assert inputs.newest(0, True, LIMITS) is Missing.STATE
    add_state(inputs, STEP)
    add_objects(inputs, STEP)
    assert inputs.newest(0, True, LIMITS).experts is not None


def test_silence_makes_what_is_there_too_old(inputs):
    add_state(inputs, STEP)
    add_objects(inputs, STEP)
    add_experts(inputs, STEP)
    assert inputs.newest(0, True, {**LIMITS, Missing.STATE: -1.0}) is Missing.STATE
    assert inputs.newest(0, True, {**LIMITS, Missing.OBJECTS: -1.0}) is Missing.OBJECTS


def test_words_and_codes_name_the_sender():
    assert Missing.STATE.code is ResultCode.STALE_STATE and Missing.STATE.parameter == "state_timeout"
    assert Missing.OBJECTS.code is ResultCode.OBJECT_LOST and "perception" in Missing.OBJECTS.words(2.0)
    assert Missing.EXPERT.code is ResultCode.STALE_EXPERT and "hypernetwork" in Missing.EXPERT.words(2.0)
