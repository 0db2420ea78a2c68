"""Models that were trained one by one become an ensemble."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.joining import join_methods
from hyperdynamics_core.methods.storage import StoredMethod, load_method, save_method
from hyperdynamics_core.systems.legged import ANT, CHEETAH, LeggedSystem
from tests.methods.test_legged_methods import legged_method, window


def stored(folder: Path, name: str = "low-rank", system: LeggedSystem = CHEETAH, **sizes: object) -> StoredMethod:
    """A method with weights and statistics of its own, by the folder's name."""
    method = legged_method(name, system, **sizes)
    generator = torch.Generator().manual_seed(int(folder.name))
    with torch.no_grad():
        for parameter in method.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    scale = torch.rand(method.normaliser.input_std.shape, generator=generator) + 0.5
    method.normaliser.input_std.copy_(scale)
    save_method(folder, method)
    return load_method(folder, system)


def test_each_member_predicts_as_it_did_alone(tmp_path: Path) -> None:
    members = [stored(tmp_path / str(number)) for number in range(3)]
    ensemble = join_methods(members)
    context = Context(window(CHEETAH), None)
    bank = ensemble.bank(context)
    assert (ensemble.name, bank.members) == ("low-rank-ensemble", 3)
    for index, member in enumerate(members):
        assert torch.equal(bank.member(index).weights, member.method.bank(context).weights)


def test_it_is_stored_and_read_as_any_other(tmp_path: Path) -> None:
    ensemble = join_methods([stored(tmp_path / str(number)) for number in range(2)])
    save_method(tmp_path / "all", ensemble)
    context = Context(window(CHEETAH), None)
    again = load_method(tmp_path / "all", CHEETAH).method
    assert torch.equal(again.bank(context).weights, ensemble.bank(context).weights)


def test_what_does_not_fit_together_is_refused(tmp_path: Path) -> None:
    one, two = stored(tmp_path / "1"), stored(tmp_path / "2")
    for others, message in (
        ([], "two members or more, got 1"),
        ([two, one], "the same model is given twice"),
        ([stored(tmp_path / "3", "direct")], "of the same method, got low-rank and direct"),
        ([stored(tmp_path / "4", system=ANT)], "of the same system, got cheetah and ant"),
        ([stored(tmp_path / "5", hidden_sizes=(16, 16))], "of the same sizes"),
    ):
        with pytest.raises(ValueError, match=message):
            join_methods([one, *others])
    with pytest.raises(ValueError, match="no ensembles of 'direct'; of global, hyperdynamics, low-rank there are"):
        join_methods([stored(tmp_path / "6", "direct"), stored(tmp_path / "7", "direct")])
