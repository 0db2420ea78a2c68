"""``hyperdynamics dataset from-bag`` of an arm: recorded pushes become trajectories, their images crops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hyperdynamics_cli.dataset_from_bag import progress, say_left_out
from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.models import find_model
from hyperdynamics_cli.results import write_json
from hyperdynamics_core.data.recorded_crops import CROPS_FOLDER, RecordedCrop, write_recorded_crops
from hyperdynamics_core.data.recorded_pushes import write_recorded
from hyperdynamics_core.vision.perception import Perception
from hyperdynamics_ros.bag_crops import CropConfig, bag_crops, choose_moments
from hyperdynamics_ros.push_bags import BagTrajectory, Moment, PushBagConfig, PushBagCounts, push_trajectories
from sim_bridges.pushing.physics import physics_named
from sim_bridges.workers import folder_lock

if TYPE_CHECKING:
    from hyperdynamics_cli.dataset_from_bag import Options


def run(options: Options) -> int:
    """Read, look at the images, write, say what was found."""
    physics = physics_of(options)
    perception = Perception.load(find_model(options.perception)) if options.images else None
    counts = PushBagCounts()
    config = PushBagConfig(options.push_topics, options.steps, frames=options.images)
    with folder_lock(options.out), progress() as bar:
        task = bar.add_task("messages", total=None)
        read = push_trajectories(options.bags, config, counts, lambda read: bar.update(task, completed=read))
        found = list(read)
        seen = _crops(options, found, perception, counts, bar) if perception is not None else None
        kept = [each for each in found if seen is None or each.trajectory.object in seen]
        if seen and kept and perception is not None:
            _write_crops(options, seen, perception)
        if kept:
            about = {"bags": [str(bag) for bag in options.bags]}
            write_recorded(options.out, [each.trajectory for each in kept], physics, about)
    unseen = len(found) - len(kept)
    say(options, kept, counts, unseen)
    figures = {"trials": len(kept), "unseen": unseen, **vars(counts), "trajectories": len(kept)}
    write_json(options.json, {"out": options.out, **figures})
    return 0 if kept else 1


def physics_of(options: Options) -> dict[str, Any]:
    """What tells the bags' robot from others.

    Raises:
        UserError: it is said in two ways.
    """
    if options.physics and options.identity:
        raise UserError(
            f"--physics {options.physics} says that the bags are of the simulated arm, --identity {options.identity} "
            "that they are of another; give one of them"
        )
    if options.physics:
        return physics_named(options.physics).as_dict()
    return {"robot": options.identity or "recorded arm"}


def _crops(
    options: Options, found: Sequence[BagTrajectory], perception: Perception, counts: PushBagCounts, bar: Any
) -> dict[str, list[RecordedCrop]]:
    moments: dict[str, list[Moment]] = {}
    for each in found:
        moments.setdefault(each.trajectory.object, []).extend(each.moments)
    chosen = choose_moments(moments, options.crops)
    task = bar.add_task("images", total=sum(map(len, chosen.values())))
    config = CropConfig(options.push_topics, options.crops)
    return bag_crops(chosen, perception, config, counts, lambda frames: bar.update(task, completed=frames))


def _write_crops(options: Options, seen: dict[str, list[RecordedCrop]], perception: Perception) -> None:
    count = max(map(len, seen.values()))
    about = {"bags": [str(bag) for bag in options.bags], "perception": perception.fingerprint}
    write_recorded_crops(options.out / CROPS_FOLDER, seen, count, asdict(perception.maps), about)


def say(options: Options, kept: Sequence[BagTrajectory], counts: PushBagCounts, unseen: int) -> None:
    """What was found, in words."""
    systems = Counter(each.trajectory.system for each in kept)
    alone = sum(count == 1 for count in systems.values())
    print(
        f"{options.out}: {len(kept)} trajectories of {options.steps} pushes, of {len(systems)} systems, of "
        f"{counts.messages.total()} messages"
    )
    lines = (
        (counts.reordered, "states came after a later one and were put in order"),
        (counts.repeated, "states were told again and count once"),
        (counts.gaps, "commands without a state at the step's start or end: another trajectory begins"),
        (counts.refused_commands, "commands were refused by the arm"),
        (counts.stopped, "steps were stopped by a command of zero"),
        (counts.unfinished, "steps under way when the scene was set up anew or the recording ended"),
        (counts.other_steps, "lifts, moves, lowerings and waits"),
        (counts.fallen, "pushes after which the object had fallen or toppled left out"),
        (counts.short_pushes, f"pushes in {counts.short} stretches of fewer than {options.steps} left out"),
        (unseen, "trajectories of objects that the detector never found left out; --no-images keeps them"),
        (
            alone,
            "systems have one trajectory only: nothing is learned there from interactions, which come from another",
        ),
    )
    say_left_out(lines, counts)
    if any(each.trajectory.hidden is None for each in kept):
        print("  mass and friction are not known: weights.physics must be 0")
    if not kept:
        print("no trajectory was found; look at the counts above and at the topics (hyperdynamics dataset info BAG)")
    elif options.images:
        print(f"crops are in {options.out / CROPS_FOLDER}: hyperdynamics train push --data {options.out} --crops "
              f"{options.out / CROPS_FOLDER}")  # fmt: skip
