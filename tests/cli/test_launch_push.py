"""The launch file of the push graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyperdynamics_ros.explorer_parameters import TABLE as EXPLORER
from hyperdynamics_ros.launching.files import declared_arguments, find_launch_file
from hyperdynamics_ros.launching.resolving import resolve
from tests.cli.conftest import Run
from tests.cli.launches import names, parameters

NODES = ["pybullet_bridge", "perception", "interaction_encoder", "hypernetwork", "mpc_controller"]
FILE = find_launch_file("push")


def test_arguments_are_described() -> None:
    arguments = {arg.name: arg for arg in declared_arguments(FILE)}
    wanted = {"object", "split", "goal", "obstacles", "seed", "camera", "gui", "model", "perception_model"}
    assert wanted | {"record_video", "mode", "robot"} <= set(arguments)
    assert all(arg.description and arg.default is not None for arg in arguments.values())


def test_the_whole_graph(tmp_path: Path) -> None:
    plans = resolve(FILE, {"object": "mug/05", "seed": "7", "obstacles": "true"})
    assert names(plans) == NODES and all(plan.essential and plan.screen for plan in plans)
    bridge = parameters(plans[0], tmp_path)
    assert bridge["object"] == "mug/05" and bridge["seed"] == 7 and bridge["obstacles"] is True
    assert all(parameters(plan, tmp_path)["use_sim_time"] is True for plan in plans[1:])


def test_a_real_robot_and_a_goal(tmp_path: Path) -> None:
    plans = resolve(FILE, {"robot": "external", "goal": "0.1,-0.05"})
    assert names(plans) == [*NODES[1:], "push_client"]
    client = parameters(plans[-1], tmp_path)
    assert client["goal"] == "0.1,-0.05" and client["simulated"] is False
    assert parameters(plans[0], tmp_path)["use_sim_time"] is False


@pytest.mark.parametrize("number", range(5))
def test_what_the_launch_file_sets_is_declared_by_the_node(number: int, tmp_path: Path) -> None:
    from hyperdynamics_ros import controller_parameters
    from hyperdynamics_ros.nodes import push_encoder, push_hypernetwork, push_perception
    from sim_bridges import bridge_parameters

    tables = (bridge_parameters, push_perception, push_encoder, push_hypernetwork, controller_parameters)
    declared = {parameter.name: parameter for parameter in tables[number].TABLE}
    for name, value in parameters(resolve(FILE, {})[number], tmp_path).items():
        if name != "use_sim_time":
            declared[name].accept(value)


def test_a_cameras_pose_comes_from_tf_where_asked_for(tmp_path: Path) -> None:
    from hyperdynamics_ros.nodes.tf_camera import TABLE

    plans = resolve(FILE, {"robot": "external", "camera_pose": "tf"})
    assert names(plans) == ["camera_pose", *NODES[1:]] and plans[0].essential
    declared = {parameter.name: parameter for parameter in TABLE}
    for name, value in parameters(plans[0], tmp_path).items():
        declared[name].accept(value)
    assert "camera_pose" not in names(resolve(FILE, {"camera_pose": "tf"})), "a bridge tells it itself"


def test_exploring_takes_the_place_of_goals(tmp_path: Path) -> None:
    plans = resolve(FILE, {"explore": "600", "repeat": "3", "region": "0.15", "seed": "4"})
    assert names(plans) == ["pybullet_bridge", "push_explorer"] and plans[-1].essential
    bridge, explorer = (parameters(plan, tmp_path) for plan in plans)
    assert (bridge["repeat"], bridge["region"]) == (3, 0.15)
    assert (explorer["pushes"], explorer["seed"], explorer["use_sim_time"]) == (600, 4, True)
    table = {parameter.name: parameter for parameter in EXPLORER}
    for name, value in explorer.items():
        if name != "use_sim_time":
            table[name].accept(value)
    real = resolve(FILE, {"explore": "600", "robot": "external", "goal": "random"})
    assert names(real) == ["perception", "push_explorer"], "a real arm's object is seen, and no goal is sent beside it"


def test_goals_and_exploring_exclude_each_other(hyperdynamics: Run) -> None:
    ended = hyperdynamics("launch", "push", "explore:=10", "goal:=random")
    assert ended.returncode == 2 and "explore:=10 pushes in place of goals" in ended.stderr


def test_a_stand_in_for_hardware(tmp_path: Path) -> None:
    from hyperdynamics_ros.arm import parameters as arm_parameters
    from sim_bridges.cell import parameters as cell_parameters

    plans = resolve(FILE, {"robot": "mujoco_cell", "goal": "random", "goals": "5"})
    assert names(plans) == ["mujoco_cell", "arm_adapter", *NODES[1:], "push_client"]
    given = {name: parameters(plan, tmp_path) for name, plan in zip(names(plans), plans, strict=True)}
    assert all(values.get("use_sim_time", False) is False for values in given.values())
    assert given["arm_adapter"]["enabled"] is True and Path(str(given["arm_adapter"]["urdf"])).is_file()
    assert given["push_client"]["simulated"] is True and given["push_client"]["scenes_by"] == "mujoco_cell"
    for name, table in (("mujoco_cell", cell_parameters.TABLE), ("arm_adapter", arm_parameters.TABLE)):
        declared = {parameter.name: parameter for parameter in table}
        for key, value in given[name].items():
            declared[key].accept(value)
    outside = resolve(FILE, {"robot": "external", "arm": "trajectory", "arm_urdf": "x.urdf"})
    assert parameters(outside[0], tmp_path)["enabled"] is False


def test_only_the_stand_ins_arm_may_be_fast_and_lean(tmp_path: Path) -> None:
    from hyperdynamics_ros.arm.parameters import TABLE

    cell = resolve(FILE, {"robot": "mujoco_cell"})
    real = resolve(FILE, {"robot": "external", "arm": "trajectory", "arm_urdf": "x.urdf"})
    wide, careful = (parameters(plans[names(plans).index("arm_adapter")], tmp_path) for plans in (cell, real))
    assert (wide["speed_share"], wide["max_tilt"]) == (0.6, 0.45)
    defaults = {parameter.name: parameter.default for parameter in TABLE}
    for name in ("speed_share", "max_tilt", "max_displacement", "workspace_half", "workspace_height"):
        assert careful.get(name, defaults[name]) == defaults[name]
    assert (defaults["speed_share"], defaults["max_tilt"]) == (0.5, 0.02)
