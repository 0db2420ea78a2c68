"""Which episodes a run walks once more: those that went worst lately (prioritised level replay, Jiang et al. 2021).

Hidden values are drawn evenly, what is hard is not: most of the data of a robot that walks well are of easy values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hyperdynamics_core.data.episodes import Episode

LATELY = 200
"""Newest episodes that are looked at: older ones went badly because the model was young."""
WORST = 0.25
"""Share of them that counts as having gone worst."""


def worst_specs(episodes: Sequence[Episode]) -> tuple[str, ...]:
    """Specifications (``Episode.spec``) of the newest episodes with the lowest mean reward, worst first.

    Empty if there are none, or if their collector gives no specifications ("{}").
    """
    lately = [episode for episode in episodes[-LATELY:] if episode.spec != "{}"]
    ranked = sorted(lately, key=lambda episode: float(episode.rewards.mean()))
    return tuple(episode.spec for episode in ranked[: round(WORST * len(ranked))])


def draw_again(worst: Sequence[str], share: float, generator: np.random.Generator) -> str:
    """The specification of an episode to walk again, any of the worst alike; "" with probability 1 - share."""
    if not worst or generator.random() >= share:
        return ""
    return worst[int(generator.integers(len(worst)))]
