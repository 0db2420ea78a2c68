"""The robots' bodies: mass, time step, torques."""

import mujoco
import numpy as np
import pytest

from hyperdynamics_core.systems.legged import LEGGED
from sim_bridges.locomotion.robots import MASSES, robot_spec


@pytest.mark.parametrize("robot", LEGGED)
def test_mass_torques_and_time_step_are_the_systems(robot: str) -> None:
    system = LEGGED[robot]
    model = robot_spec(robot, np.linspace(0.5, 1.0, len(system.joint_names))).compile()
    assert model.body_mass.sum() == pytest.approx(MASSES[robot], rel=1e-6)
    assert model.opt.timestep == system.dt
    assert tuple(model.joint(name).id for name in system.joint_names) == tuple(range(model.njnt - model.nu, model.njnt))
    assert [model.actuator(i).name for i in range(model.nu)] == list(system.joint_names)
    gears = np.array(system.max_torques) * np.linspace(0.5, 1.0, model.nu)
    np.testing.assert_allclose(model.actuator_gear[:, 0], gears)
    euler = mujoco.mjtIntegrator.mjINT_EULER if robot == "cheetah" else mujoco.mjtIntegrator.mjINT_RK4
    assert model.opt.integrator == euler


def test_other_ground_does_not_change_the_robots_mass() -> None:
    spec = robot_spec("cheetah", np.ones(6))
    spec.worldbody.add_body(name="block").add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=[1, 1, 1], mass=50.0)
    assert spec.compile().body_mass.sum() == pytest.approx(64.0)


def test_an_unknown_robot_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown robot 'snake'; choose one of cheetah, ant"):
        robot_spec("snake", np.ones(6))
