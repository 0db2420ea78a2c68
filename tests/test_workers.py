"""Processes that collect: one writer a folder, workers that end with their parent."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim_bridges.workers import folder_lock

HOLDER = """
import sys, time
from pathlib import Path
from sim_bridges.workers import folder_lock
with folder_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
PARENT = """
import multiprocessing, os, time
from sim_bridges.workers import prepare_worker
def work():
    prepare_worker()
    print(os.getpid(), flush=True)
    time.sleep(600)
multiprocessing.get_context("fork").Process(target=work).start()
time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Whether it runs; one that nobody has waited for yet has ended all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def start(script: str, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A process and the first line that it says."""
    process = subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_one_writer_a_folder_however_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    process, said = start(HOLDER, str(folder))
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


def test_a_worker_does_not_outlive_its_parent() -> None:
    process, said = start(PARENT)
    worker = int(said)
    assert alive(worker) and worker != os.getpid()
    process.kill()
    process.wait()
    until = time.monotonic() + 20
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(worker)
