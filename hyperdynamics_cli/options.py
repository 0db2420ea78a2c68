"""Options of a command from its frozen dataclass, with tyro; what is wrong is said in one line."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import TypeVar

from hyperdynamics_cli.errors import UserError

Options = TypeVar("Options")
_FRAME = "╭╮╰╯│─ "


def read_options(kind: type[Options], program: str, arguments: Sequence[str]) -> Options | None:
    """Options of a command line.

    Args:
        kind: frozen dataclass of the options; its docstrings are the help.
        program: what was typed before the arguments.
        arguments: what is left to read.

    Returns:
        The options; None when help was asked for, which is printed.

    Raises:
        UserError: an unknown key, a missing one or a value of another type.
    """
    import tyro

    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told):
            return tyro.cli(
                kind,
                prog=program,
                args=list(arguments),
                config=(tyro.conf.FlagCreatePairsOff,),
            )
    except SystemExit as end:
        if end.code in (0, None):
            return None
        raise UserError(_one_line(told.getvalue())) from None


def _one_line(box: str) -> str:
    """The text of tyro's box without its frame and title: a rule across parts what it says, a line's end does not."""
    lines = [line.strip(_FRAME) for line in box.splitlines() if not line.startswith("╭")]
    parts = " ".join(line or "\n" for line in lines).split("\n")
    return "; ".join(part.strip().rstrip(".") for part in parts if part.strip())
