import json
import os
import stat
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.checkpoints import (
    MODEL,
    WEIGHTS,
    CheckpointError,
    ModelInfo,
    check_tensors,
    document_sha256,
    load_checkpoint,
    save_checkpoint,
)

TENSORS = {"layer.weight": torch.arange(12.0).reshape(3, 4), "steps": torch.tensor(7)}
INFO = ModelInfo("method", "xyz", "push", {"hidden": [32]}, metrics={"error_cm": 1.2})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "model", TENSORS, INFO, card="\nMade by hand.\n")
    return tmp_path / "model"


def test_round_trip_with_card(folder: Path) -> None:
    checkpoint = load_checkpoint(folder, "method", "push")
    assert checkpoint.info == INFO
    assert all(torch.equal(checkpoint.tensors[name], tensor) for name, tensor in TENSORS.items())
    card = (folder / "CARD.md").read_text()
    assert checkpoint.sha256 in card and "| error_cm | 1.2 |" in card and card.endswith("Made by hand.\n")


def test_replaces_an_older_one_and_leaves_nothing_behind(folder: Path) -> None:
    save_checkpoint(folder, {"a": torch.ones(2)}, INFO)
    assert load_checkpoint(folder, "method").tensors.keys() == {"a"}
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_the_umask_says_who_may_read(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        save_checkpoint(tmp_path / "m", TENSORS, INFO)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "m").iterdir()} == {mode}


def test_transposed_views_are_stored_as_they_read(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "m", {"w": TENSORS["layer.weight"].T}, INFO)
    assert torch.equal(load_checkpoint(tmp_path / "m", "method").tensors["w"], TENSORS["layer.weight"].T)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint at .*model.json is missing"):
        load_checkpoint(tmp_path / "nowhere", "method")


@pytest.mark.parametrize(
    ("kind", "system", "what"), [("perception", "push", "kind 'method'"), ("method", "ant", "system 'push'")]
)
def test_foreign(folder: Path, kind: str, system: str, what: str) -> None:
    with pytest.raises(CheckpointError, match=what):
        load_checkpoint(folder, kind, system)


@pytest.mark.parametrize("change", [('"hidden": [', '"hidden": [7, '), ('"error_cm": 1.2', '"error_cm": 0.2')])
def test_a_description_changed_by_hand(folder: Path, change: tuple[str, str]) -> None:
    text = (folder / MODEL).read_text()
    changed = text.replace("[\n   32", "[32").replace(*change)
    assert changed != text
    (folder / MODEL).write_text(changed)
    with pytest.raises(CheckpointError, match="model.json is not what its document_sha256 says"):
        load_checkpoint(folder, "method")


def test_a_description_without_its_hash_is_refused(folder: Path) -> None:
    document = json.loads((folder / MODEL).read_text())
    del document["document_sha256"]
    (folder / MODEL).write_text(json.dumps(document))
    with pytest.raises(CheckpointError, match="model.json has no document_sha256"):
        load_checkpoint(folder, "method")


def test_truncated(folder: Path) -> None:
    weights = folder / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(CheckpointError, match="truncated or was changed"):
        load_checkpoint(folder, "method")


def test_one_bit_changed(folder: Path) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (folder / WEIGHTS).write_bytes(data)
    with pytest.raises(CheckpointError, match="SHA-256"):
        load_checkpoint(folder, "method")


def test_document_cut_short_or_of_another_format(folder: Path) -> None:
    text = (folder / MODEL).read_text()
    (folder / MODEL).write_text(text[: len(text) // 2])
    with pytest.raises(CheckpointError, match="is not JSON"):
        load_checkpoint(folder, "method")
    (folder / MODEL).write_text(json.dumps(json.loads(text) | {"format": 99}))
    with pytest.raises(CheckpointError, match="format 99"):
        load_checkpoint(folder, "method")
    newer = {**json.loads(text), "colour": "red"}
    (folder / MODEL).write_text(json.dumps({**newer, "document_sha256": document_sha256(newer)}))
    with pytest.raises(CheckpointError, match="unknown fields"):
        load_checkpoint(folder, "method")


def test_weights_that_do_not_fit_are_named(folder: Path) -> None:
    with pytest.raises(CheckpointError, match="missing .'b'.*unknown .'a'"):
        check_tensors(folder, {"a": torch.ones(1)}, {"b": torch.ones(1)})
    with pytest.raises(CheckpointError, match="another shape .'a'"):
        check_tensors(folder, {"a": torch.ones(1)}, {"a": torch.ones(2)})
