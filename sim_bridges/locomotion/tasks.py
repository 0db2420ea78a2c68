"""What others need to make a world: the tasks and their episodes."""

from sim_bridges.locomotion.catalogue import SPLITS, TASKS, Task, task_named
from sim_bridges.locomotion.episode_spec import EpisodeSpec, check_episode, draw_episode

__all__ = ["SPLITS", "TASKS", "EpisodeSpec", "Task", "check_episode", "draw_episode", "task_named"]
