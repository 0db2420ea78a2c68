"""A walk while time runs by itself; in a file of its own, so that there is one graph."""

from __future__ import annotations

from hyperdynamics.action import Walk

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.commands import stamp_of_numbers
from tests.ros.walkers import Client, Graph


def test_realtime_a_stale_expert_is_held_for_a_while_then_torques_are_zero(listener, model):
    graph = Graph(model, "realtime")
    try:
        client = Client(listener, graph)
        handle = client.walking()
        told = len(client.feedback)  # what the start was like, on a busy machine, is another matter
        graph.kill("hypernetwork")
        result = client.result(handle)
        assert result.code == Walk.Result.STALE_EXPERT, result.message
        phases = [word.phase for word in client.feedback[told:]]
        assert Walk.Feedback.HOLDING in phases and Walk.Feedback.LIMP in phases
        assert phases.index(Walk.Feedback.HOLDING) < phases.index(Walk.Feedback.LIMP)
        moving = [stamp_of_numbers(command) for command in client.commands if any(command.data)]
        last_expert = stamp_ns(client.experts[-1].header.stamp)
        assert 0.1e9 < moving[-1] - last_expert < 0.35e9, "the last valid expert is kept for 0.2 s"
        assert client.statistics[-1].late_experts > 0
    finally:
        codes = graph.stop()
    assert all(codes[name] == 0 for name in codes if name != "hypernetwork")
