"""Evaluating, collecting and learning legged dynamics through the commands, with an untrained model."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.locomotion_errors import check_held_out
from hyperdynamics_core.data.episodes import EpisodeSet
from tests.cli.conftest import Run
from tests.cli.walks import SMALL, tiny_model
from tests.ros.legged_models import legged_folder

CHEETAH = ["--robot", "cheetah", "--terrain", "motor"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "cheetah", "cheetah")


def same(first: Path, second: Path) -> bool:
    one, two = EpisodeSet.open(first), EpisodeSet.open(second)
    return one.fingerprint == two.fingerprint and len(one) == len(two)


def test_returns_with_a_model_are_resumed_and_kept(hyperdynamics: Run, model: Path, tmp_path: Path) -> None:
    words = ["evaluate", "locomotion", *CHEETAH, "--model", model, *SMALL, "--steps", "20", "--seed", "0", "1",
             "--workers", "0"]  # fmt: skip
    whole = hyperdynamics(*words, "--episodes", "4", "--json", "a.json")
    assert whole.returncode == 0 and "over 4 episodes of 20 steps" in whole.stdout, whole.stderr
    kept = [*words, "--episodes-file", "e.jsonl", "--save", "d"]
    assert hyperdynamics(*kept, "--episodes", "2").returncode == 0
    text = (tmp_path / "e.jsonl").read_text()
    (tmp_path / "e.jsonl").write_text(text[:-20])  # killed while it wrote
    again = hyperdynamics(*kept, "--episodes", "4", "--json", "b.json")
    assert again.returncode == 0, again.stderr
    first, second = (json.loads((tmp_path / name).read_text()) for name in ("a.json", "b.json"))
    assert first["return_mean"] == second["return_mean"] and first["return_by_seed"] == second["return_by_seed"]
    low, high = first["return_ci95"]
    assert low <= first["return_mean"] <= high and first["trials"] == 4 and first["seeds"] == [0, 1]
    assert 0 < first["planning_ms_p50"] <= first["planning_ms_p95"]
    episodes = EpisodeSet.open(tmp_path / "d")
    assert len(episodes) == 4 and episodes.hidden_names == ("motor_strength",)
    means = [episode.rewards.sum() for episode in episodes.episodes]
    assert np.mean(means) == pytest.approx(first["return_mean"], rel=1e-4, abs=1e-3)
    other = hyperdynamics(*kept, "--episodes", "4", "--value", "0.5")
    assert other.returncode == 2 and "other" in other.stderr


def test_agents_without_a_model(hyperdynamics: Run, tmp_path: Path) -> None:
    words = ["evaluate", "locomotion", *CHEETAH, "--value", "1.4", "--episodes", "2", "--workers", "0"]
    plan = ["--planner", "cem", "--planning.candidates", "30", "--planning.horizon", "15"]
    returns = {}
    for agent, more in (("random", []), ("zero", []), ("simulator", plan)):
        ended = hyperdynamics(*words, "--steps", "60", "--agent", agent, *more, "--json", "r.json")
        assert ended.returncode == 0, ended.stderr
        result = json.loads((tmp_path / "r.json").read_text())
        returns[agent] = result["return_mean"]
        assert (result["planning_ms_p50"] is None) == (agent != "simulator")
    assert returns["simulator"] > max(returns["random"], returns["zero"]) + 10


def test_models_walk_the_same_episodes(hyperdynamics: Run, model: Path, tmp_path: Path) -> None:
    from hyperdynamics_core.methods.config import locomotion_sizes
    from hyperdynamics_core.methods.registry import make_method
    from hyperdynamics_core.methods.storage import save_method
    from hyperdynamics_core.systems.legged import CHEETAH as SYSTEM

    save_method(tmp_path / "other", make_method("global", locomotion_sizes(hidden_sizes=(8, 8)), SYSTEM))
    words = ["evaluate", "locomotion", *CHEETAH, *SMALL, "--steps", "20", "--workers", "0", "--episodes", "2"]
    ended = hyperdynamics(*words, "--model", model, "other", "--json", "r.json", "--episodes-file", "e.jsonl")
    assert ended.returncode == 0, ended.stderr
    lines = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()[1:]]
    assert len(lines) == 4 and lines[0]["spec"] == lines[1]["spec"] != lines[2]["spec"]
    assert len(json.loads((tmp_path / "r.json").read_text())["return_by_agent"]) == 2


def test_collections_do_not_depend_on_the_workers(hyperdynamics: Run, model: Path, tmp_path: Path) -> None:
    words = ["collect", "locomotion", *CHEETAH, "--model", model, *SMALL, "--steps", "20", "--exploration", "0.2"]
    for workers, out in (("0", "a"), ("2", "b")):
        ended = hyperdynamics(*words, "--episodes", "5", "--workers", workers, "--out", out, "--json", "c.json")
        assert ended.returncode == 0, ended.stderr
        assert json.loads((tmp_path / "c.json").read_text())["kept"] == 5
    assert same(tmp_path / "a", tmp_path / "b")
    ended = hyperdynamics(*words, "--episodes", "5", "--workers", "0", "--out", "a")
    assert ended.returncode == 0 and "5 episodes, 0 of them new" in ended.stdout
    assert hyperdynamics(*words, "--episodes", "2", "--workers", "0", "--out", "c").returncode == 0
    assert hyperdynamics(*words, "--episodes", "5", "--workers", "0", "--out", "c").returncode == 0
    assert same(tmp_path / "a", tmp_path / "c")
    quiet = hyperdynamics(*words[:-2], "--episodes", "5", "--out", "a")
    assert quiet.returncode == 2 and "another collection" in quiet.stderr


def test_a_killed_collection_loses_and_doubles_nothing(hyperdynamics: Run, tmp_path: Path) -> None:
    words = ["collect", "locomotion", *CHEETAH, "--agent", "simulator", "--planning.candidates", "20", "--steps", "60"]
    words += ["--episodes", "6", "--workers", "2"]
    command = [sys.executable, "-m", "hyperdynamics_cli.main", *words, "--out", str(tmp_path / "killed")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not (tmp_path / "killed" / "episode-000001.npz").exists() and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert hyperdynamics(*words, "--out", "killed").returncode == 0
    assert hyperdynamics(*words[:-1], "0", "--out", "whole").returncode == 0
    assert same(tmp_path / "killed", tmp_path / "whole")


def test_dynamics_are_trained_and_their_errors_measured(hyperdynamics: Run, tmp_path: Path) -> None:
    collect = ["collect", "locomotion", *CHEETAH, "--agent", "random", "--random-exponent", "2", "--steps", "60"]
    assert hyperdynamics(*collect, "--episodes", "10", "--workers", "0", "--out", "d").returncode == 0
    novel = ["--split", "novel", "--seed", "7", "--episodes", "4", "--workers", "0", "--out", "n"]
    assert hyperdynamics(*collect, *novel).returncode == 0
    train = [
        "train",
        "dynamics",
        "--data",
        "d",
        "--novel",
        "n",
        "--out",
        "m",
        "--methods",
        "hyperdynamics",
        "global",
        "--seeds",
        "0",
        "1",
        "--fit.updates",
        "4",
        "--fit.validate-every",
        "2",
        "--sizes.hidden-sizes",
        "8",
        "8",
    ]
    ended = hyperdynamics(*train, "--json", "t.json")
    assert ended.returncode == 0 and "novel values" in ended.stdout, ended.stderr
    figures = json.loads((tmp_path / "t.json").read_text())
    assert figures == {**json.loads((tmp_path / "m" / "metrics.json").read_text()), "trials": figures["trials"]}
    models = [f"m/{name}/seed-{seed}/model" for name in ("hyperdynamics", "global") for seed in (0, 1)]
    words = ["evaluate", "locomotion", *CHEETAH, "--errors", "n", "--scale", "d", "--model", *models]
    ended = hyperdynamics(*words, "--json", "e.json")
    assert ended.returncode == 0, ended.stderr
    result = json.loads((tmp_path / "e.json").read_text())
    assert set(result["methods"]["hyperdynamics"]) == {"models", "own", "swap", "none"}
    assert set(result["methods"]["global"]) == {"models", "own"}
    for horizon in ("t1", "t5", "t20"):
        error = result["methods"]["hyperdynamics"]["own"][horizon]["normalised"]
        assert error["ci95"][0] <= error["mean"] <= error["ci95"][1] and error["median"] > 0
    mixed = hyperdynamics("evaluate", "locomotion", *CHEETAH, "--errors", "d", "--model", models[0])
    assert mixed.returncode == 2 and "trained with these very episodes" in mixed.stderr


@pytest.mark.parametrize(
    ("trained", "tested", "refused"),
    [
        ("a", "a", True),
        ("a+b", "b", True),
        ("b", "c+b", True),
        ("a+b", "b+c", True),
        ("a+b", "c", False),
        ("", "", False),
        ("cheetah-motor, 9 on-policy episodes", "a", False),
    ],
)
def test_a_folder_that_was_learned_from_is_no_test(trained: str, tested: str, refused: bool) -> None:
    stored, data = SimpleNamespace(info=SimpleNamespace(data_fingerprint=trained)), SimpleNamespace(fingerprint=tested)
    with pytest.raises(UserError, match="these very episodes") if refused else nullcontext():
        check_held_out(Path("m"), stored, data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--robot", "dog"], "dog"),
        (["--terrain", "swamp"], "swamp"),
        (["--planner", "astar"], "astar"),
        (["--value", "nan"], "no physical sense"),
        (["--value", "9"], "height 9.0 m makes no physical sense"),
        (["--terrain", "cripple", "--value", "1.5"], "whole number"),
        (["--seed", "-1"], "seeds"),
        (["--planning.candidates", "1"], "candidates must be at least 2"),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "collect", "demo"])
def test_wrong_input_is_one_line(hyperdynamics: Run, model: Path, words: list[str], told: str, command: str) -> None:
    if command == "demo":
        words = [word.replace("planning.", "") for word in words]
        told = {"seeds": "--seed is -1", "candidates must be at least 2": "--candidates is 1"}.get(told, told)
    robot = [] if "--robot" in words else ["--robot", "cheetah"]
    robot += [] if "--terrain" in words else ["--terrain", "slope"]
    out = ["--out", "o"] if command != "evaluate" else []
    ended = hyperdynamics(command, "locomotion", *robot, "--model", model, *words, *out)
    assert ended.returncode == 2 and told in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr
    assert not Path("o").exists()


@pytest.mark.parametrize("command", ["evaluate", "collect", "demo"])
def test_models_that_are_missing_or_of_another_robot(hyperdynamics: Run, model: Path, command: str) -> None:
    out = ["--out", "o"] if command != "evaluate" else []
    ended = hyperdynamics(command, "locomotion", "--robot", "ant", "--model", model, *out)
    assert ended.returncode == 2 and "cheetah" in ended.stderr and "ant" in ended.stderr
    ended = hyperdynamics(command, "locomotion", "--robot", "ant", "--terrain", "motor", "--model", "nowhere", *out)
    assert ended.returncode == 2 and "no model in nowhere" in ended.stderr
    assert "hyperdynamics train locomotion --robot ant --terrain motor" in ended.stderr


def test_a_told_model_is_for_evaluation_alone(hyperdynamics: Run, tmp_path: Path) -> None:
    told = legged_folder(tmp_path / "told", "cheetah", "told", truth_choices=(0,))
    ended = hyperdynamics("demo", "locomotion", *CHEETAH, "--model", told, "--no-video", "--out", "o")
    assert ended.returncode == 2 and "'told', which is told the hidden truth" in ended.stderr
    assert not Path("o").exists()
    words = ["evaluate", "locomotion", *CHEETAH, "--model", told, *SMALL, "--steps", "5", "--workers", "0"]
    assert hyperdynamics(*words, "--episodes", "1").returncode == 0


def test_other_wrong_uses(hyperdynamics: Run, model: Path) -> None:
    for words, told in (
        (["evaluate", "--agent", "zero", "--model", model], "takes no --model"),
        (["evaluate", "--agent", "simulator", "--planner", "mppi"], "random_shooting or cem"),
        (["evaluate", "--model", model, model], "given twice"),
        (["evaluate", "--model", model, "--episodes", "0"], "--episodes is 0"),
        (["evaluate", "--agent", "zero", "--workers", "-1"], "--workers is -1"),
        (["evaluate", "--model", model, "--scale", "d"], "--errors"),
        (["evaluate", "--model", model, "--errors", "nowhere"], "no set of episodes"),
        (["demo", "--robot", "cheetah", "--model", model, "--value", "-8", "--no-video"], "no physical sense"),
        (["demo", "--robot", "cheetah", "--model", model, "--distance", "0", "--no-video"], "more than 0"),
        (["demo", "--robot", "cheetah", "--model", model, "--duration", "2e5", "--no-video"], "at most 100000"),
        (["demo", "--robot", "cheetah", "--model", model, "--duration", "0.001", "--no-video"], "a step"),
        (["collect", "--out", "o", "--agent", "zero", "--exploration", "-1"], "must not be negative"),
    ):
        ended = hyperdynamics(words[0], "locomotion", *words[1:])
        assert ended.returncode == 2 and told in ended.stderr, (words, ended.stderr)
