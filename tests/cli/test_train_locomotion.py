"""The command that trains walkers: train, stop, go on, and wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hyperdynamics_cli.main import main
from hyperdynamics_core.data.replay_buffer import ReplayBuffer
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_core.training.onpolicy import buffer_paths
from hyperdynamics_core.training.run_log import LOG, read_log
from sim_bridges.locomotion.tasks import task_named
from sim_bridges.locomotion.world import LeggedWorld

SMALL = ["--rollouts", "1", "--steps", "20", "--updates", "2", "--workers", "0", "--final-updates", "20"]


def train(out: Path, *more: str) -> int:
    return main(["train", "locomotion", *SMALL, "--out", str(out), *more])


@pytest.mark.parametrize(("robot", "terrain", "method"), [("cheetah", "slope", "hyperdynamics"),
                                                          ("ant", "cripple", "told")])  # fmt: skip
def test_trains_and_writes_a_model_with_its_card(tmp_path: Path, robot: str, terrain: str, method: str) -> None:
    words = ("--robot", robot, "--terrain", terrain, "--method", method, "--json", str(tmp_path / "done.json"))
    assert train(tmp_path / "run", *words, "--iterations", "2") == 0
    done = json.loads((tmp_path / "done.json").read_text())
    assert done["task"] == f"{robot}-{terrain}" and done["iterations"] == 2
    text = (tmp_path / "run/model/CARD.md").read_text()
    assert "Made by" in text and "Seed 0" in text
    assert train(tmp_path / "run", *words, "--iterations", "2") == 0


def test_the_papers_sizes_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--sizes", "paper") == 0
    sizes = json.loads((tmp_path / "run/config.json").read_text())["sizes"]
    assert (sizes["bounded_code"], sizes["input_clamp"], sizes["direction_scale"]) == (False, 0.0, 1.0)


def test_what_tilting_costs_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--upright", "50") == 0
    assert json.loads((tmp_path / "run/config.json").read_text())["planning"]["upright"] == 50.0


def test_the_share_of_random_shooting_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--rollouts", "3", "--shooting", "0.6") == 0
    exploration = json.loads((tmp_path / "run/config.json").read_text())["exploration"]
    assert (exploration["other"], exploration["other_planner"]) == (0.6, "random_shooting")


def test_rollouts_in_open_loop_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--rollouts", "4", "--open-loop", "0.9") == 0
    assert json.loads((tmp_path / "run/config.json").read_text())["exploration"]["open_loop"] == 0.9


def test_hard_episodes_again_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "3", "--rollouts", "6", "--again", "0.9") == 0
    assert json.loads((tmp_path / "run/config.json").read_text())["exploration"]["again"] == 0.9
    buffer = ReplayBuffer(CHEETAH, hidden_names=LeggedWorld(task_named("cheetah-slope")).hidden_names)
    buffer.load(*buffer_paths(tmp_path / "run"))
    tracks = [json.loads(episode.spec)["values"] for episode in buffer]
    assert len(tracks) == 18 and len({str(track) for track in tracks}) < 18


def test_a_wider_expert_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--method", "low-rank", "--width", "24") == 0
    method = load_method(tmp_path / "run/model", CHEETAH).method
    assert method.name == "low-rank" and method.network.layer_sizes[1:-1] == (24, 24)


def test_an_encoder_that_is_taught_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--physics-weight", "0.3", "--code", "8") == 0
    config = load_method(tmp_path / "run/model", CHEETAH).method.config
    assert (config.n_int, config.auxiliary_physics) == (8, True)
    assert read_log(tmp_path / "run" / LOG)[-1]["loss/physics"] > 0


def test_a_loss_over_several_steps_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--unroll", "3") == 0
    assert read_log(tmp_path / "run" / LOG)[-1]["loss/unrolled"] > 0


def test_patience_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2", "--patience", "7") == 0
    assert json.loads((tmp_path / "run/config.json").read_text())["patience"] == 7


def test_an_ensemble_at_the_end_on_request(tmp_path: Path) -> None:
    assert train(tmp_path / "run", "--iterations", "2") == 0
    assert train(tmp_path / "run", "--iterations", "2", "--final-method", "hyperdynamics-ensemble") == 0
    method = load_method(tmp_path / "run/model", CHEETAH).method
    assert method.name == "hyperdynamics-ensemble" and len(method.parts()) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [(("--final-method", "magic"), "unknown method 'magic'"),
     (("--final-method", "global", "--final-updates", "0"), "set final_updates"),
     (("--terrain", "moon"), "unknown locomotion task 'cheetah-moon'"), (("--method", "magic"), "unknown method"),
     (("--iterations", "1"), "iterations must be at least 2"), (("--workers", "-1"), "workers must be"),
     (("--shooting", "1.0"), "leave some rollouts plain"), (("--width", "0"), "hidden_sizes must be"),
     (("--unroll", "-1"), "unroll not negative"), (("--code", "0"), "n_int must be at least 1"),
     (("--rollouts", "1", "--shooting", "0.8"), "of 1 rollouts an iteration"),
     (("--open-loop", "1.0"), "open loop must lie in [0, 1)"),
     (("--physics-weight", "-1"), "physics_weight must not be negative")],
)  # fmt: skip
def test_wrong_input_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...],
                             message: str) -> None:  # fmt: skip
    assert main(["train", "locomotion", "--out", str(tmp_path / "run"), *words]) == 2
    assert message in capsys.readouterr().err
