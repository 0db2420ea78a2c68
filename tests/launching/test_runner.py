"""Real processes: started together, ended together, nothing left behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.output import Output
from hyperdynamics_ros.launching.resolving import resolve
from hyperdynamics_ros.launching.runner import Failure, Runner
from tests.launching.conftest import WriteLaunch

Package = Callable[[str, str], None]
SLEEPER = """
    import subprocess, sys, time
    child = subprocess.Popen(["sleep", "600"])
    print("pids", __import__("os").getpid(), child.pid, flush=True)
    time.sleep(600)
"""
STUBBORN = """
    import signal, time
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    print("ready", flush=True)
    time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def runner_for(file: Path, screen: io.StringIO, grace: float = 5.0) -> Runner:
    return Runner(resolve(file, {}), Output(file.parent / "log", screen), grace)


def poll_until(runner: Runner, condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60.0
    while not condition():
        assert time.monotonic() < until, "nothing happened in 60 s"
        runner.poll(0.02)


def pids(text: str) -> list[int]:
    return [int(word) for line in text.splitlines() if "pids" in line for word in line.split("pids")[1].split()]


def test_lines_are_prefixed_and_logged(write_launch: WriteLaunch) -> None:
    file = write_launch("""
        <executable cmd="sh -c 'echo shown; echo trouble >&amp;2; printf rest'" name="a" output="screen"/>
        <executable cmd="echo hidden" name="b"/>""")
    screen = io.StringIO()
    assert runner_for(file, screen).run() == 0
    lines = screen.getvalue().splitlines()
    assert {"[a-1] shown", "[a-1] trouble", "[a-1] rest"} <= set(lines)
    assert not any("hidden" in line for line in lines)
    assert (file.parent / "log" / "b-2.log").read_text() == "hidden\n"


def test_colours_only_on_request(tmp_path: Path, write_launch: WriteLaunch) -> None:
    (plan,) = resolve(write_launch('<executable cmd="echo x" output="screen"/>'), {})
    for colours in (True, False):
        screen = io.StringIO()
        Output(tmp_path, screen, colours).line(plan, "x", False)
        assert ("\x1b[" in screen.getvalue()) == colours


def test_the_end_of_one_that_matters_ends_all(write_launch: WriteLaunch, package: Package) -> None:
    package("sleeper", SLEEPER)
    package("dying", "import time; time.sleep(0.5); print('last words'); raise SystemExit(3)")
    file = write_launch("""
        <node pkg="toys" exec="sleeper" output="screen"/>
        <node pkg="toys" exec="dying" on_exit="shutdown"/>""")
    screen = io.StringIO()
    runner = runner_for(file, screen)
    assert runner.run() == 1
    assert runner.failure is not None and str(runner.failure) == "dying-2 died with exit code 3"
    assert runner.failure.last_lines == ("last words",) and runner.failure.last_words == "last words"
    assert "dying-2 died with exit code 3" in screen.getvalue()
    left = pids(screen.getvalue())
    assert len(left) == 2 and not any(alive(pid) for pid in left)


def test_the_last_words_are_the_last_line_with_any() -> None:
    assert Failure("a-1", 1, ("first", "the reason ", "", "  ")).last_words == "the reason"
    assert Failure("a-1", 1, ()).last_words == ""


def test_one_that_does_not_matter_leaves_the_rest_alone_but_is_told(write_launch: WriteLaunch) -> None:
    file = write_launch("""
        <executable cmd="sh -c 'exit 2'" name="extra"/>
        <executable cmd="sh -c 'sleep 0.5; echo done'" name="main" output="screen"/>""")
    screen = io.StringIO()
    runner = runner_for(file, screen)
    assert runner.run() == 1
    assert "[main-2] done" in screen.getvalue()
    assert runner.failure is not None and runner.failure.label == "extra-1"


def test_respawn_after_a_failure(write_launch: WriteLaunch, tmp_path: Path) -> None:
    script = f"echo x &gt;&gt; {tmp_path}/count; [ `wc -l &lt; {tmp_path}/count` -ge 3 ]"
    file = write_launch(f"""<executable cmd="sh -c '{script}'" respawn="true" respawn_delay="0.1"/>""")
    started = time.monotonic()
    assert runner_for(file, io.StringIO()).run() == 0
    assert (tmp_path / "count").read_text() == "x\n" * 3
    assert time.monotonic() - started >= 0.2


def test_stop_kills_what_does_not_listen(write_launch: WriteLaunch, package: Package) -> None:
    package("stubborn", STUBBORN)
    screen = io.StringIO()
    with runner_for(write_launch('<node pkg="toys" exec="stubborn" output="screen"/>'), screen, 0.2) as runner:
        poll_until(runner, lambda: "ready" in screen.getvalue())
        assert runner.running
    assert "stubborn-1 was ended by SIGKILL" in screen.getvalue()
    assert runner.failure is None and not runner.running


def test_what_cannot_be_started_ends_the_others(write_launch: WriteLaunch) -> None:
    file = write_launch('<executable cmd="sleep 600"/><executable cmd="/no/such/program"/>')
    screen = io.StringIO()
    with pytest.raises(LaunchError, match="/no/such/program cannot be started"):
        runner_for(file, screen).run()
    pid = int(screen.getvalue().split("process ")[1].split()[0])
    assert not alive(pid)


RUN = """
import sys
from pathlib import Path
from hyperdynamics_ros.launching.output import Output
from hyperdynamics_ros.launching.resolving import resolve
from hyperdynamics_ros.launching.runner import Runner
file = Path(sys.argv[1])
sys.exit(Runner(resolve(file, {}), Output(file.parent / "log", sys.stdout)).run())
"""


def start_runner(file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(file)], stdout=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_everything(write_launch: WriteLaunch, package: Package, number: signal.Signals, code: int) -> None:
    package("sleeper", SLEEPER)
    process = start_runner(write_launch('<node pkg="toys" exec="sleeper" output="screen"/>'))
    assert process.stdout is not None
    text = ""
    while "pids" not in text:
        text = process.stdout.readline()
    process.send_signal(number)
    assert process.wait(60) == code
    assert "Traceback" not in process.stdout.read().replace("[sleeper-1] Traceback", "")
    assert not any(alive(pid) for pid in pids(text))


def test_nothing_is_left_when_the_runner_is_killed(write_launch: WriteLaunch, package: Package) -> None:
    package("sleeper", SLEEPER)
    process = start_runner(write_launch('<node pkg="toys" exec="sleeper" output="screen"/>'))
    assert process.stdout is not None
    text = ""
    while "pids" not in text:
        text = process.stdout.readline()
    process.kill()
    process.wait(60)
    left = pids(text)
    assert len(left) == 2
    assert wait_until(lambda: not any(alive(pid) for pid in left))
