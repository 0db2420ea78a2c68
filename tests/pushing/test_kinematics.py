"""Forward and inverse kinematics on a two-link arm whose answers are known."""

import numpy as np
import pytest

from sim_bridges.pushing.kinematics import ArmKinematics

JOINT = """<joint name="j{i}" type="revolute"><origin xyz="{x} 0 0" rpy="0 0 0"/><axis xyz="0 0 1"/>
<limit lower="{low}" upper="3" effort="1" velocity="1"/></joint>"""
TOOL = '<joint name="tool" type="fixed"><origin xyz="0.5 0 0" rpy="3.14159265 0 0"/></joint>'


def planar(low: float = -3.0) -> ArmKinematics:
    """Two 0.5 m links in the plane, the tool's z pointing down."""
    joints = "".join(JOINT.format(i=i, x=x, low=low) for i, x in enumerate((0.0, 0.5)))
    return ArmKinematics(f"<robot>{joints}{TOOL}</robot>", (0.0, 0.0, 0.0), np.array([0.3, 0.3]))


@pytest.mark.parametrize(
    ("joints", "tip"), [((0, 0), (1, 0, 0)), ((np.pi / 2, 0), (0, 1, 0)), ((0, np.pi / 2), (0.5, 0.5, 0))]
)
def test_forward(joints: tuple[float, float], tip: tuple[float, float, float]) -> None:
    position, direction, _, _ = planar().forward(np.array(joints, dtype=float))
    assert np.allclose(position, tip, atol=1e-7)
    assert np.allclose(direction, [0, 0, -1], atol=1e-7)


def test_the_inverse_undoes_the_forward() -> None:
    arm = planar()
    for joints in ((0.4, 0.9), (-0.5, 1.2), (1.0, 0.5)):
        target = arm.forward(np.array(joints))[0]
        solution = arm.solve(target)
        assert solution.error < 1e-3
        assert np.linalg.norm(arm.forward(solution.joints)[0] - target) == pytest.approx(solution.error)


def test_out_of_reach_says_by_how_much() -> None:
    assert planar().solve(np.array([1.2, 0.0, 0.0])).error == pytest.approx(0.2, abs=0.01)


def test_joint_limits_bind() -> None:
    solution = planar(low=0.0).solve(np.array([0.5, -0.6, 0.0]))
    assert np.all(solution.joints >= 0.0)
    assert solution.error > 0.1
