"""scripts/link_share.py lets an editable install see the checkout's data folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.link_share import FOLDERS, link


def test_links_follow_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "checkout" / "launch").mkdir(parents=True)
    share = tmp_path / "prefix" / "share" / "hyperdynamics"
    link(share, tmp_path / "checkout")
    (tmp_path / "checkout" / "launch" / "push.launch.xml").write_text("<launch/>")
    assert (share / "launch" / "push.launch.xml").read_text() == "<launch/>"
    assert sorted(path.name for path in share.iterdir()) == sorted(FOLDERS)


def test_linking_again_moves_the_links(tmp_path: Path) -> None:
    share = tmp_path / "share"
    link(share, tmp_path / "old")
    link(share, tmp_path / "new")
    assert (share / "models").readlink() == tmp_path / "new" / "models"


def test_a_real_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "share" / "config").mkdir(parents=True)
    with pytest.raises(FileExistsError, match="pip uninstall hyperdynamics"):
        link(tmp_path / "share", tmp_path)
