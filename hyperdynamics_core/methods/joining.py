"""An ensemble of methods that were trained one by one: seeds can then learn side by side, in processes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hyperdynamics_core.methods.ensemble import Ensemble
from hyperdynamics_core.methods.registry import MAKERS, make_method
from hyperdynamics_core.methods.storage import StoredMethod
from hyperdynamics_core.systems.known import SYSTEMS


def join_methods(members: Sequence[StoredMethod]) -> Ensemble:
    """Their ensemble, of the same weights, in evaluation mode; each keeps the statistics that it was trained with.

    Raises:
        ValueError: fewer than two, the same one twice, other methods, systems or sizes among them, or a method of which
            there are no ensembles.
    """
    if len(members) < 2:
        raise ValueError(f"an ensemble needs two members or more, got {len(members)}")
    if len({member.sha256 for member in members}) < len(members):
        raise ValueError("the same model is given twice; members must have learned from different beginnings")
    first = members[0]
    for member in members[1:]:
        for what, own, others in (
            ("method", first.info.name, member.info.name),
            ("system", first.info.system, member.info.system),
            ("sizes", first.method.requested_config, member.method.requested_config),
        ):
            if own != others:
                raise ValueError(f"members must be of the same {what}, got {own} and {others}")
    name = f"{first.info.name}-ensemble"
    if name not in MAKERS:
        known = ", ".join(each.removesuffix("-ensemble") for each in MAKERS if each.endswith("-ensemble"))
        raise ValueError(f"there are no ensembles of {first.info.name!r}; of {known} there are")
    sizes = replace(first.method.requested_config, members=len(members))
    ensemble = make_method(name, sizes, SYSTEMS[first.info.system])
    assert isinstance(ensemble, Ensemble)
    for place, member in zip(ensemble, members, strict=True):
        place.load_state_dict(member.method.state_dict())
    ensemble.normaliser.load_state_dict(first.method.normaliser.state_dict())
    ensemble.eval()
    return ensemble
