"""Processes that collect: one writer a folder, workers that end with their parent."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim_bridges.workers import folder_lock

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
HOLDER = """
import sys, time
from pathlib import Path
from sim_bridges.workers import folder_lock
with folder_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
PARENT = """
import os, sys, time
from hyperdynamics_core.processes import worker_context
from sim_bridges.workers import prepare_worker
def work():
    prepare_worker()
    print(os.getpid(), os.getppid(), "torch" in sys.modules, flush=True)
    time.sleep(600)
if __name__ == "__main__":
    worker_context().Process(target=work).start()
    time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Whether it runs; one that nobody has waited for yet has ended all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def start(script: str, folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A process of a script, which gets a folder, and the first line that it says."""
    file = folder.with_name("script.py")
    file.write_text(script)
    process = subprocess.Popen([sys.executable, file, folder], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


BUSY = """
import sys, torch
from hyperdynamics_core.processes import worker_context
def work():
    torch.rand(1_000_000).exp().sum()
    print(torch.get_num_threads(), flush=True)
if __name__ == "__main__":
    process = worker_context().Process(target=work)
    process.start()
    process.join(60)
    process.kill()
    sys.exit(process.exitcode != 0)
"""


def test_one_writer_a_folder_however_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    process, said = start(HOLDER, folder)
    assert said == "held"
    with (
        pytest.raises(ValueError, match="another collection is writing to .*another folder"),
        folder_lock(folder),
    ):
        pass
    process.kill()
    process.wait()
    with folder_lock(folder):
        pass


def gone(pid: int) -> bool:
    until = time.monotonic() + 20
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(pid)


def test_a_worker_and_what_it_came_from_do_not_outlive_their_parent(tmp_path: Path) -> None:
    process, said = start(PARENT, tmp_path / "here")
    worker, source, ready = said.split()
    assert alive(int(worker)) and int(source) != process.pid and ready == "True", "PyTorch was there from the start"
    process.kill()
    process.wait()
    assert gone(int(worker)) and gone(int(source))


def test_what_workers_come_from_has_one_thread_whatever_the_environment_says(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(BUSY)
    variables = {name: value for name, value in ENVIRONMENT.items() if "_NUM_THREADS" not in name}
    said = subprocess.run([sys.executable, script], capture_output=True, text=True, env=variables, timeout=120)
    assert said.returncode == 0 and said.stdout.split() == ["1"], said.stderr
