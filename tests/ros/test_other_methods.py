"""Encoder and hypernetwork with the paper's interaction encoder and with a method that sees nothing."""

from __future__ import annotations

from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_ros.conversions.experts import bank_from
from tests.ros.processes import running
from tests.ros.robot import Robot


def test_the_papers_encoder_takes_the_last_five_and_repeats_fewer(models, listener):
    with running("interaction_encoder", model=models["paper"]):
        robot = Robot(listener, encoder_alone=True)
        robot.publish(robot.state())
        codes = [robot.push() for _ in range(6)]
        assert [code.interactions for code in codes] == [1, 2, 3, 4, 5, 5]
        assert len(codes[0].code) == 2 and any(codes[0].code)


def test_a_blind_method_needs_no_shape(models, listener):
    with running("interaction_encoder", model=models["xyz"]), running("hypernetwork", model=models["xyz"]):
        robot = Robot(listener)
        state = robot.state()
        robot.publish(state)
        seen = robot.see(load_method(models["xyz"]).sha256)
        listener.until(lambda: robot.experts or robot.again(state, seen), "an expert")
        assert len(bank_from(robot.experts[-1]).yaws) == 1
