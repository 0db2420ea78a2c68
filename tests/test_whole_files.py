"""Files are there whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hyperdynamics_core.whole_files import whole_file, write_bytes, write_json, write_text


def test_readers_see_the_old_content_until_all_of_the_new_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    with whole_file(path) as file:
        file.write(b"new, ")
        file.flush()
        assert path.read_bytes() == b"old"
        file.write(b"all of it")
    assert path.read_bytes() == b"new, all of it"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    with pytest.raises(RuntimeError, match="disk"), whole_file(path) as file:
        file.write(b"half")
        raise RuntimeError("the disk is full")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_killed_writer_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    program = (
        "import os, sys; from pathlib import Path; from hyperdynamics_core.whole_files import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as file: file.write(b'half'); file.flush(); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert [left.suffix for left in tmp_path.iterdir() if left != path] == [".tmp"]


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "gone" / "a.txt", "text")
    assert not (tmp_path / "gone").exists()


def test_files_have_the_rights_of_any_other_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_json(tmp_path / "a.json", {"name": "pier"})
    assert os.stat(tmp_path / "a.json").st_mode == os.stat(tmp_path / "plain").st_mode
    assert json.loads((tmp_path / "a.json").read_text()) == {"name": "pier"}
