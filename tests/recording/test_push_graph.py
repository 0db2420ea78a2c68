"""What is explored through the graph in lockstep, while a recorder listens, comes out of the bag without a gap."""

from __future__ import annotations

from pathlib import Path

from std_msgs.msg import String

from hyperdynamics_ros.node import LATCHED
from hyperdynamics_ros.push_bags import PushBagConfig, PushBagCounts, push_trajectories
from tests.ros.processes import running


def test_what_is_explored_comes_out_of_its_bag(tmp_path: Path, listener) -> None:
    scenes = listener.collect(String, "scene", LATCHED)
    with running("recorder", bag=tmp_path / "bag", exclude_regex="camera|spectator") as recorder:
        listener.until(lambda: "recording into" in recorder.output, "the recorder")
        with running("pybullet_bridge", physics="gantry", seed=3, repeat=2, region=0.1):
            listener.until(lambda: scenes, "the bridge")
            with running("push_explorer", pushes=6, steps=2, use_sim_time=True, reach_min=0.0, reach_max=2.0) as node:
                listener.until(lambda: node.code is not None, "the explorer's end")
                assert node.code == 0 and "6 pushes in 3 trajectories" in node.output, node.output
    counts = PushBagCounts()
    found = [each.trajectory for each in push_trajectories([tmp_path / "bag"], PushBagConfig(steps=2), counts)]
    assert counts.gaps == counts.refused_commands == counts.short_pushes == counts.unfinished == 0
    assert len(found) == 3 and found[0].system == found[1].system != found[2].system, "two episodes a system"
    assert all(each.hidden is not None for each in found)
