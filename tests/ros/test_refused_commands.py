"""The controller with an arm that refuses: it tries again from what is then the case, and gives up with the reason."""

from __future__ import annotations

import math
import time

import pytest
import torch
from hyperdynamics.action import PushTo
from hyperdynamics.msg import ExpertWeights
from std_msgs.msg import String

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.arrays import time_message
from hyperdynamics_ros.conversions.experts import expert_message
from hyperdynamics_ros.node import LATCHED
from tests.ros import messages
from tests.ros.driver import STEP, Driver
from tests.ros.processes import running

SETTINGS = {"object_position": "tracked", "refusals": 3, "seed": 2}


class Moody(Driver):
    """Refuses as many commands in a row as the next number of ``moods`` says, then takes one; tells experts too."""

    def __init__(self, listener, moods):
        self.experts = listener.publisher(ExpertWeights, "expert_weights", LATCHED)
        self.bank = expert_message(messages.bank(), 0, torch.zeros(2))
        self.begin(moods)
        super().__init__(listener)

    def begin(self, moods):
        """Anew, with these moods."""
        self.moods, self.in_row, self.told, self.commands = list(moods), 0, 0, []
        self.answered, self.late = math.inf, False

    def _tell(self):
        super()._tell()
        self.bank.header.stamp, self.bank.episode = time_message(time.time_ns()), self.episode
        self.experts.publish(self.bank)

    def _on_command(self, message):
        # A controller that has not heard of a refusal within the step takes the command for done. The step begins no
        # sooner than the state that the command answers; how long that was on its way nobody knows here.
        self.late = self.late or time.time() - self.answered > STEP - 0.05
        self.answered = math.inf
        if self.in_row < self.moods[0] and (message.vector.x, message.vector.y, message.vector.z) != (0.0, 0.0, 0.0):
            self.in_row, self.told = self.in_row + 1, self.told + 1
            self.answered = stamp_ns(message.header.stamp) * 1e-9
            self.refusals.publish(String(data=f"not now, {self.told}"))
            return
        super()._on_command(message)
        if len(self.moods) > 1:
            self.moods.pop(0)
        self.in_row = 0


@pytest.fixture
def controller():
    with running("mpc_controller", **SETTINGS) as process:
        yield process


def push(listener, action):
    goal = PushTo.Goal()
    goal.goal.header.frame_id = "world"
    goal.goal.pose.position.x = 0.2
    handle = action.send(goal, lambda word: None)
    assert handle.accepted
    future = handle.get_result_async()
    listener.until(future.done, "the result")
    return future.result().result


def test_three_refusals_in_a_row_are_tried_again_and_a_fourth_ends_the_goal(listener, controller):
    driver = Moody(listener, (0,))
    action = listener.goal_client(PushTo, "push_to")
    for topic in (driver.refusals, driver.odometry, driver.tips):
        listener.until(topic.get_subscription_count, "the controller's subscriptions")
    for _ in range(4):
        driver.begin((3, 3, 1000))
        before = controller.output.count("trying again: not now")
        result = push(listener, action)
        assert result.code == PushTo.Result.STALE_STATE and not result.success
        if not driver.late:
            break
    assert not driver.late, "four times a refusal took longer than a step to be heard: nothing can be said"
    assert result.message == "the arm refused the command: not now, 10"
    assert driver.told == 10, "three, one taken, three, one taken, three, and the one too many"
    assert controller.output.count("the arm refused the command, trying again: not now") - before == 9
    taken = [command for command in driver.commands if (command[1] != 0.0).any()]
    assert len(taken) == 2
