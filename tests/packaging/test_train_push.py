"""What the script that makes the push demo's models asks of the command."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hyperdynamics_cli.options import read_options
from hyperdynamics_cli.train_push import Options

SCRIPT = Path(__file__).parents[2] / "scripts" / "train_push.sh"
RECORD = '#!/bin/sh\nprintf "%s|" "$@" >> "$RECORD"\necho >> "$RECORD"\n'
"""Stands in for the command: writes down what it was asked."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A checkout that holds the script and a command that only takes notes."""
    for folder in ("scripts", "venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "scripts")
    command = tmp_path / "venv" / "bin" / "hyperdynamics"
    command.write_text(RECORD)
    command.chmod(0o755)
    return tmp_path


def asked(place: Path, step: str) -> tuple[list[Options], str]:
    """Every training that a step asks for, read as the command reads it, and what the script complains of."""
    record = place / "record"
    env = {**os.environ, "VENV": str(place / "venv"), "SEEDS": "0 1", "RECORD": str(record)}
    ended = subprocess.run([place / "scripts/train_push.sh", step], env=env, capture_output=True, text=True, check=True)
    lines = [line.rstrip("|").split("|") for line in record.read_text().splitlines()]
    options = [read_options(Options, "train push", words[2:]) for words in lines if words[:2] == ["train", "push"]]
    return [each for each in options if each is not None], ended.stderr


def test_methods_of_every_table_are_trained(place: Path) -> None:
    runs = {str(each.config.out): each.config for each in asked(place, "methods")[0]}
    names = {name.removeprefix("runs/").rsplit("-", 1)[0] for name in runs}
    methods = ("hyperdynamics", "direct", "direct-large", "xyz")
    wanted = {f"{data}-{method}" for data in ("paper", "wide") for method in methods}
    assert names == wanted | {"wide-none", "wide-paper", "wide-hyperdynamics-auxiliary", "wide-direct-large-auxiliary"}
    auxiliary = runs["runs/wide-hyperdynamics-auxiliary-1"]
    assert auxiliary.weights.physics == 0.1 and auxiliary.sizes.auxiliary_physics and auxiliary.seed == 1
    assert auxiliary.sizes.interaction_encoder == "set" and runs["runs/wide-hyperdynamics-0"].weights.physics == 0.0


def test_methods_see_with_the_perception_that_was_just_trained(place: Path) -> None:
    options, said = asked(place, "methods")
    assert {str(each.config.perception) for each in options} == {"models/push-perception"}
    assert said == "runs/perception/model is not there: the committed models/push-perception is taken\n"
    model = place / "runs" / "perception" / "model"
    model.mkdir(parents=True)
    (model / "model.json").write_text("{}")
    (place / "record").unlink()
    options, said = asked(place, "methods")
    assert {str(each.config.perception) for each in options} == {"runs/perception/model"} and not said
