"""Charts, summary and film of a walk."""

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from hyperdynamics_cli.demo.walk_charts import charts, ground_words, known_words, truth
from hyperdynamics_cli.demo.walk_film import END_FRAMES, WalkFilm
from hyperdynamics_cli.demo.walk_replay import replay, spec_of
from hyperdynamics_cli.demo.walk_report import WalkTeller, closing_words, walk_figures
from hyperdynamics_cli.demo.walk_summary import save_walk_summary
from tests.cli.walks import recorded_walk


@pytest.mark.parametrize(
    ("task", "value", "words", "true"),
    [
        ("ant-slope", 3.0, "rise by 3.00 m", 0.2),
        ("cheetah-pier", 0.5, "damping ratio 0.50", 0.5),
        ("cheetah-cripple", 1.0, "joint bshin is crippled", 1.0),
        ("cheetah-cripple", -1.0, "no joint is crippled", -1.0),
        ("ant-motor", 0.6, "motors of 0.60 times", 0.6),
    ],
)
def test_the_truth_is_told(task, value, words, true):
    recording = recorded_walk(task, 3, value)
    assert words in ground_words(spec_of(recording))
    assert truth(recording, replay(recording))[0].values[-1] == pytest.approx(true)


@pytest.mark.parametrize(
    ("task", "value", "words"),
    [
        ("ant-slope", None, "never seen"),
        ("ant-slope", 2.0, "as in training"),
        ("ant-slope", -3.5, "never seen"),
        ("cheetah-pier", 0.15, "between"),
        ("cheetah-cripple", -1.0, "never seen"),
        ("cheetah-cripple", 0.0, "as in training"),
    ],
)
def test_a_value_on_request_counts_by_itself(task, value, words):
    assert words in known_words(spec_of(recorded_walk(task, 1, value)))


def test_a_line_every_half_second():
    recording, lines = recorded_walk("ant-motor", 60), []
    words, recording.words = recording.words, []
    teller = WalkTeller(recording, lines.append)
    for word in words:
        recording.words.append(word)
        teller()
    assert [line.split()[0] for line in lines] == ["0.50", "1.00"]
    assert "Hz" in lines[0] and "planning" in lines[0]


def test_summary_and_film(tmp_path):
    recording = recorded_walk("ant-slope", 30)
    track = replay(recording)
    speed, code, hidden, planning = charts(recording, track)
    assert len(code.series) == 2 and code.series[0].times.min() == pytest.approx(0.34)
    assert planning.level == 20.0 and hidden.series[0].label == "grade"
    film = WalkFilm(recording, track)
    frames = film.write(tmp_path / "demo.mp4")
    assert frames == 16 - 1 + END_FRAMES == imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "demo.mp4"))[0]
    assert len(film.stills) == 4
    figures = {**walk_figures(recording), "planner": "cem", "model": "models/x"}
    assert figures["return"] == pytest.approx(recording.words[-1].total_return, abs=1e-3)
    assert "1 of 30 deadlines missed" in closing_words(figures)
    save_walk_summary(tmp_path / "with.png", recording, track, figures, film.stills)
    save_walk_summary(tmp_path / "without.png", recording, track, figures, [])
    tall, low = (Image.open(tmp_path / name) for name in ("with.png", "without.png"))
    assert tall.height > low.height > 500 and np.asarray(low).std() > 5


def test_a_walk_without_codes_or_figures_is_drawn_all_the_same(tmp_path):
    recording = recorded_walk("cheetah-pier", 4)
    recording.codes, recording.words, recording.statistics = {}, [], {}
    figures = {**walk_figures(recording), "planner": "cem", "model": "models/x"}
    save_walk_summary(tmp_path / "s.png", recording, replay(recording), figures, [])
    assert (tmp_path / "s.png").is_file()
