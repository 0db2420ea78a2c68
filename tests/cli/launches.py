"""What a resolved launch file starts."""

from __future__ import annotations

from pathlib import Path

import yaml

from hyperdynamics_ros.launching.plan import ProcessPlan


def names(plans: list[ProcessPlan]) -> list[str]:
    return [str(plan.ros.name) for plan in plans]


def parameters(plan: ProcessPlan, folder: Path) -> dict[str, object]:
    """What the launch file itself sets for a node."""
    values: dict[str, object] = {}
    words = plan.ros.command(folder)
    for flag, word in zip(words, words[1:], strict=False):
        if flag == "--params-file":
            for node, content in yaml.safe_load(Path(word).read_text()).items():
                if node in ("/**", plan.ros.name):
                    values.update(content["ros__parameters"])
    return values
