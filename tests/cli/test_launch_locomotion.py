"""The launch file of the locomotion graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.files import declared_arguments, find_launch_file
from hyperdynamics_ros.launching.resolving import resolve
from tests.cli.launches import names, parameters

NODES = ["mujoco_bridge", "interaction_encoder", "hypernetwork", "mpc_controller"]
FILE = find_launch_file("locomotion")


def test_arguments_are_described() -> None:
    arguments = {arg.name: arg for arg in declared_arguments(FILE)}
    wanted = {
        "robot",
        "terrain",
        "split",
        "value",
        "seed",
        "planner",
        "mode",
        "model",
        "distance",
        "duration",
        "bridge",
    }
    assert wanted <= set(arguments)
    assert all(arg.description and arg.default is not None for arg in arguments.values())


def test_the_whole_graph(tmp_path: Path) -> None:
    plans = resolve(FILE, {"robot": "ant", "terrain": "pier", "value": "0.3", "seed": "7", "planner": "cem"})
    assert names(plans) == NODES and all(plan.essential and plan.screen for plan in plans)
    bridge, encoder, hypernetwork, controller = (parameters(plan, tmp_path) for plan in plans)
    assert (bridge["robot"], bridge["terrain"], bridge["value"], bridge["seed"]) == ("ant", "pier", "0.3", 7)
    assert encoder["model"] == hypernetwork["model"] == "models/ant-pier"
    assert encoder["system"] == hypernetwork["system"] == controller["system"] == "ant"
    assert controller["planner"] == "cem" and controller["mode"] == bridge["mode"] == "lockstep"
    assert encoder["use_sim_time"] is controller["use_sim_time"] is True


def test_a_real_robot_and_a_goal(tmp_path: Path) -> None:
    given = {"bridge": "external", "mode": "realtime", "distance": "2", "action_source": "command"}
    plans = resolve(FILE, given)
    assert names(plans) == [*NODES[1:], "walk_client"]
    client = parameters(plans[-1], tmp_path)
    assert client["distance"] == 2.0 and client["duration"] == 0.0
    assert parameters(plans[0], tmp_path)["use_sim_time"] is False
    assert parameters(plans[0], tmp_path)["action_source"] == "command"


def test_an_external_robots_time_does_not_wait() -> None:
    for given in ({"bridge": "external"}, {"bridge": "external", "mode": "lockstep"}):
        with pytest.raises(LaunchError, match="mode is 'lockstep'; expected realtime. The time of an external robot"):
            resolve(FILE, given)
    assert resolve(FILE, {"mode": "realtime"})
    modes = [arg for arg in declared_arguments(FILE) if arg.name == "mode"]
    assert [arg.default for arg in modes] == ["lockstep"]


def test_every_physical_value_goes_through_and_none_is_drawn(tmp_path: Path) -> None:
    for value in ("", "-3.5", "-1", "0"):
        bridge = parameters(resolve(FILE, {"value": value})[0], tmp_path)
        assert bridge["value"] == value and isinstance(bridge["value"], str)


def test_a_seed_that_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(LaunchError, match=r"launch.xml:\d+: parameter 'seed': 'abc' is not a whole number"):
        resolve(FILE, {"seed": "abc"})


def test_an_unknown_terrain_is_refused() -> None:
    with pytest.raises(LaunchError, match="stairs"):
        resolve(FILE, {"terrain": "stairs"})


@pytest.mark.parametrize("number", range(4))
def test_what_the_launch_file_sets_is_declared_by_the_node(number: int, tmp_path: Path) -> None:
    from hyperdynamics_ros import walk_parameters
    from hyperdynamics_ros.nodes import legged_encoder, legged_hypernetwork
    from sim_bridges import legged_parameters

    tables = (legged_parameters, legged_encoder, legged_hypernetwork, walk_parameters)
    declared = {parameter.name: parameter for parameter in tables[number].TABLE}
    for name, value in parameters(resolve(FILE, {})[number], tmp_path).items():
        if name != "use_sim_time":
            declared[name].accept(value)
