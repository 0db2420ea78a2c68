"""``hyperdynamics join``: trained models of one method become an ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hyperdynamics_core.methods.storage import StoredMethod


@dataclass(frozen=True)
class Options:
    """Make an ensemble of models of one method and sizes, for instance the seeds of `train dynamics`.

    The planner asks all members about what the first one thinks best, and takes the mean: what one of them overrates by
    chance is not chosen any more.
    """

    model: tuple[Path, ...]
    """Checkpoint folders, two or more; the first one makes the planner's shortlist."""
    out: Path
    """Folder of the ensemble, to be made."""
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Join them and write the checkpoint."""
    from hyperdynamics_core.methods.joining import join_methods
    from hyperdynamics_core.methods.storage import load_method, save_method

    check_writable(options.json)
    if options.out.exists():
        raise UserError(f"{options.out} exists; give --out another folder, or remove it")
    members = [load_method(folder, None) for folder in options.model]
    ensemble = join_methods(members)
    sha256 = save_method(
        options.out, ensemble, card=_card(options.model, members), config=_common(members),
        data_fingerprint="+".join(dict.fromkeys(member.info.data_fingerprint for member in members)),
    )  # fmt: skip
    print(f"{options.out}: {ensemble.name} of {len(members)} members")
    write_json(options.json, {"model": options.out, "method": ensemble.name, "sha256": sha256,
                              "members": [member.sha256 for member in members], "seeds": _seeds(members)})  # fmt: skip
    return 0


def _common(members: Sequence[StoredMethod]) -> dict[str, Any]:
    """What all members were trained with, and the seeds in which they differ."""
    first = members[0].info.config
    same = {name: value for name, value in first.items()
            if all(member.info.config.get(name) == value for member in members)}  # fmt: skip
    return {**same, "seeds": _seeds(members)}


def _seeds(members: Sequence[StoredMethod]) -> list[int | None]:
    return [member.info.config.get("seed") for member in members]


def _card(folders: Sequence[Path], members: Sequence[StoredMethod]) -> str:
    lines = []
    for folder, member, seed in zip(folders, members, _seeds(members), strict=True):
        metrics = ", ".join(f"{name} {value:.4g}" for name, value in member.info.metrics.items())
        lines.append(f"- `{folder}`, seed {seed}: {metrics}; weights `{member.sha256[:16]}`")
    return "\nMembers, trained one by one, joined by `hyperdynamics join`:\n\n" + "\n".join(lines) + "\n"
