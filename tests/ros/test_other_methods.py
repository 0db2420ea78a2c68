"""Encoder and hypernetwork with the paper's interaction encoder and with a method that sees nothing."""

from __future__ import annotations

from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_ros.conversions.experts import bank_from
from tests.ros.processes import running
from tests.ros.robot import Robot


def test_the_papers_encoder_waits_for_five(models, listener):
    with running("interaction_encoder", model=models["paper"]):
        robot = Robot(listener, encoder_alone=True)
        robot.publish(robot.state())
        assert [robot.push().interactions for _ in range(5)] == [0, 0, 0, 0, 5]


def test_a_blind_method_needs_no_shape(models, listener):
    with running("interaction_encoder", model=models["xyz"]), running("hypernetwork", model=models["xyz"]):
        robot = Robot(listener)
        robot.publish(robot.state())
        robot.see(load_method(models["xyz"]).sha256)
        listener.until(lambda: robot.experts, "an expert")
        assert len(bank_from(robot.experts[-1]).yaws) == 1
