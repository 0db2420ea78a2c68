"""Pictures without a screen, whatever was imported first of ours."""

import os
import subprocess
import sys

import pytest

CODE = """
from sim_bridges.locomotion.world import LeggedWorld
import os, numpy as np
from sim_bridges.locomotion.renderer import LeggedRenderer
from sim_bridges.locomotion.tasks import draw_episode, task_named
world = LeggedWorld(task_named("ant-motor"))
world.reset(draw_episode(world.task, "seen", np.random.default_rng(0)))
print(os.environ["MUJOCO_GL"], LeggedRenderer().frame(world, 64, 32).std() > 1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="EGL is Linux's")
def test_pictures_without_a_word_about_opengl():
    surroundings = {name: value for name, value in os.environ.items() if name not in ("MUJOCO_GL", "DISPLAY")}
    ended = subprocess.run([sys.executable, "-c", CODE], env=surroundings, capture_output=True, text=True, timeout=120)
    assert ended.stdout.split() == ["egl", "True"], ended.stderr


def test_what_is_chosen_stays_chosen(monkeypatch):
    from sim_bridges.locomotion.offscreen import choose_offscreen_opengl

    monkeypatch.setenv("MUJOCO_GL", "osmesa")
    choose_offscreen_opengl()
    assert os.environ["MUJOCO_GL"] == "osmesa"
