"""A recorded walk to video frames: the robot on its ground, the charts growing below."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from hyperdynamics_cli.demo.walk_charts import charts, ground_words, known_words
from hyperdynamics_cli.demo.walk_recording import WalkRecording
from hyperdynamics_cli.demo.walk_replay import WalkTrack, replay, spec_of
from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.chart import Chart, draw_chart
from hyperdynamics_cli.drawing.layout import text
from hyperdynamics_cli.drawing.records import Image
from hyperdynamics_cli.drawing.video import VideoWriter
from sim_bridges.locomotion.renderer import LeggedRenderer, View
from sim_bridges.locomotion.world import LeggedWorld

FRAME_RATE = 25.0
"""Frames a second: as fast as it happened."""
WIDTH, HEIGHT, SCENE = 1280, 720, 528
"""Of a frame and of the picture in it, pixels."""
STRIP = (410, 168)
"""Of a chart, pixels."""
MARGIN = 14
END_FRAMES = 25
"""The last frame stays this long."""
STILLS = 4
"""Pictures kept for the summary."""
VIEWS = {"cheetah": View(distance=3.4, elevation=-10.0, height=0.35), "ant": View(distance=4.2, height=0.25)}
"""Near enough to see the feet, with ground ahead."""


class WalkFilm:
    """Draws a recording's frames; ``stills`` are left for the summary."""

    def __init__(self, recording: WalkRecording, track: WalkTrack) -> None:
        self.recording, self.track = recording, track
        self.stills: list[Image] = []
        self._spec = spec_of(recording)
        self._renderer = LeggedRenderer(VIEWS[recording.robot])
        self._strips = [Strip(chart) for chart in self._charts()]
        self._speed, self._returns = track.speed, self._cumulated()

    def write(self, path: Path) -> int:
        """Write the film; returns the number of frames.

        Raises:
            RuntimeError: no offscreen OpenGL is to be had.
        """
        every = max(1, round(1.0 / (FRAME_RATE * self.recording.system.dt)))
        last = self.recording.steps
        kept = {round(part * last / every) * every for part in np.linspace(0.04, 0.96, STILLS)}
        with VideoWriter(path, FRAME_RATE) as writer:

            def look(step: int, world: LeggedWorld) -> None:
                if step % every and step != last:
                    return
                scene = self._renderer.frame(world, WIDTH, SCENE)
                if step in kept:
                    self.stills.append(scene)
                frame = self.frame(step, scene)
                for _ in range(END_FRAMES if step == last else 1):
                    writer.add(frame)

            replay(self.recording, look)
        self._renderer.close()
        return writer.frames

    def frame(self, step: int, scene: Image) -> Image:
        """[720, 1280, 3] of one moment, with the scene [528, 1280, 3]."""
        picture = PillowImage.new("RGB", (WIDTH, HEIGHT), palette.PAGE)
        picture.paste(PillowImage.fromarray(scene), (0, 0))
        draw = ImageDraw.Draw(picture, "RGBA")
        self._title(draw)
        self._figures(draw, step)
        for index, strip in enumerate(self._strips):
            picture.paste(strip.until(float(self.track.times[step])), (MARGIN + index * (STRIP[0] + 11), SCENE + 18))
        return np.asarray(picture)

    def _title(self, draw: ImageDraw.ImageDraw) -> None:
        spec = self._spec
        lines = (f"HyperDynamics: {self.recording.robot}", ground_words(spec), f"{known_words(spec)}; nobody tells it")
        widths = [draw.textlength(words, palette.font(size)) for words, size in zip(lines, (22, 16, 14), strict=True)]
        draw.rounded_rectangle((16, 16, 44 + max(widths), 108), 8, (255, 255, 255, 215))
        text(draw, (30, 36), lines[0], 22, anchor="lm")
        text(draw, (30, 64), lines[1], 16, anchor="lm")
        text(draw, (30, 88), lines[2], 14, palette.MUTED, "lm")

    def _figures(self, draw: ImageDraw.ImageDraw, step: int) -> None:
        way = self.track.states[step, 0] - self.track.states[0, 0]
        cells = (
            (f"{self.track.times[step]:.1f} s", "time"),
            (f"{way:.2f} m", "walked"),
            (f"{self._speed[step]:.2f} m/s", "speed"),
            (f"{self._returns[step]:.0f}", "return"),
        )
        left = WIDTH - 16 - 106 * len(cells)
        draw.rounded_rectangle((left, 16, WIDTH - 16, 80), 8, (255, 255, 255, 215))
        for index, (value, name) in enumerate(cells):
            x = left + 106 * index + 53
            text(draw, (x, 40), value, 20, anchor="mm")
            text(draw, (x, 64), name, 13, palette.MUTED, "mm")

    def _charts(self) -> list[Chart]:
        speed, code, hidden, _ = charts(self.recording, self.track)
        return [speed, code, hidden]

    def _cumulated(self) -> np.ndarray:
        import torch

        states = torch.from_numpy(self.track.states)
        steps = range(1, len(states))
        sizes = len(self.recording.system.action_dimensions)
        actions = [self.recording.actions.get(self.recording.stamp(step), np.zeros(sizes)) for step in steps]
        rewards = self.recording.system.rewards(states, torch.from_numpy(np.stack(actions)))
        return np.concatenate(([0.0], np.cumsum(rewards.numpy())))


class Strip:
    """A chart that shows itself up to a time; drawn twice, then cut."""

    def __init__(self, chart: Chart) -> None:
        self._end = chart.end
        self._whole = draw_chart(chart, STRIP)
        self._empty = draw_chart(chart, STRIP, -1.0)

    def until(self, time: float) -> PillowImage.Image:
        """The lines up to a time, s, with a cursor there."""
        from hyperdynamics_cli.drawing.chart import BOTTOM, LEFT, RIGHT, TOP

        x = round(LEFT + min(time / self._end, 1.0) * (STRIP[0] - LEFT - RIGHT))
        picture = self._empty.copy()
        picture.paste(self._whole.crop((0, 0, x + 1, STRIP[1])), (0, 0))
        ImageDraw.Draw(picture).line((x, TOP, x, STRIP[1] - BOTTOM), palette.EDGE, 1)
        return picture
