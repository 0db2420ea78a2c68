"""``hyperdynamics dataset from-bag`` of legs: recorded walks become episodes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from hyperdynamics_cli.dataset_from_bag import progress, say_left_out
from hyperdynamics_cli.results import write_json
from hyperdynamics_core.data.episodes import EpisodeWriter
from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.legged_bags import LeggedBagConfig, LeggedBagCounts, legged_episodes
from sim_bridges.workers import folder_lock

if TYPE_CHECKING:
    from hyperdynamics_cli.dataset_from_bag import Options


def run(options: Options) -> int:
    """Read, write, say what was found."""
    system, counts = LEGGED[options.robot], LeggedBagCounts()
    config = LeggedBagConfig(
        **asdict(options.topics), action_source=options.action_source, command_delay=options.command_delay,
        least_steps=options.least_steps,
    )  # fmt: skip
    about = {"source": "bags", "bags": [str(bag) for bag in options.bags], "action_source": options.action_source}
    with folder_lock(options.out), progress() as bar:
        task = bar.add_task("messages", total=None)
        found = legged_episodes(options.bags, system, config, counts, lambda read: bar.update(task, completed=read))
        writer = EpisodeWriter(options.out, system, {"robot": options.identity or f"recorded {system.name}"}, (), about)
        for episode in found:
            spec = json.dumps({"bag": episode.bag, "begun_ns": episode.begun})
            writer.add(episode.states, episode.actions, episode.rewards, [[]] * len(episode.rewards), spec)
    say(options, counts)
    write_json(options.json, {"out": options.out, "trials": counts.episodes, **vars(counts)})
    return 0 if counts.episodes else 1


def say(options: Options, counts: LeggedBagCounts) -> None:
    """What was found, in words."""
    print(f"{options.out}: {counts.episodes} episodes, {counts.steps} steps, of {counts.messages.total()} messages")
    lines = (
        (counts.reordered, "states came after a later one and were put in order"),
        (counts.repeated, "states were told again and count once"),
        (counts.gaps, "gaps in the states: another episode begins"),
        (counts.without_action, "steps without a known action left out; look at --action-source"),
        (counts.short, f"stretches of fewer than {options.least_steps} steps left out"),
    )
    say_left_out(lines, counts)
    if not counts.episodes:
        print(
            "no episode was found; look at the counts above and at the topics' names (hyperdynamics dataset info BAG)"
        )
