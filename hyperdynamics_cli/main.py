"""Entry point of ``hyperdynamics``: finds the command, reads its options, turns errors into one line and a code.

Exit codes: 0 done, 1 failed, 2 wrong use or input, 130 Ctrl-C, 143 SIGTERM.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from hyperdynamics_cli.commands import Command, find_command, is_help, overview
from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.options import read_options

USAGE_ERROR = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (``sys.argv`` by default) and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # whoever reads our lines through a pipe gets them as they come
    if words[:1] == ["--version"]:
        from hyperdynamics_core import __version__

        print(f"hyperdynamics {__version__}")
        return 0
    if is_help(words):
        print(overview(words[0] if words and not words[0].startswith("-") else None))
        return 0
    return _guarded(words)


def _guarded(words: Sequence[str]) -> int:
    """Run; what a user can mend becomes one line. ValueError and OSError carry such messages all over the project."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        command, rest = find_command(words)
        return _run(command, rest)
    except KeyboardInterrupt:
        print("hyperdynamics: stopped by Ctrl-C", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as in `hyperdynamics objects | head`: nothing to report, and nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (UserError, ValueError, OSError) as error:
        return _report(str(error) or type(error).__name__)
    except ModuleNotFoundError as error:
        return _report(f"{error.name} is not installed; run `make setup`, or pip install hyperdynamics")
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM unwinds like any error, so that what was started is stopped and what was begun is left whole."""
    raise SystemExit(128 + number)


def _report(message: str) -> int:
    if os.environ.get("HYPERDYNAMICS_DEBUG", "0") not in ("", "0"):
        raise  # noqa: PLE0704 - called from an except block only
    print(f"hyperdynamics: error: {' '.join(message.split())}", file=sys.stderr)
    return USAGE_ERROR


def _run(command: Command, rest: Sequence[str]) -> int:
    from hyperdynamics_ros.environment import prepare_environment

    prepare_environment()
    module = importlib.import_module(command.module)
    options = read_options(module.Options, f"hyperdynamics {' '.join(command.words)}", rest)
    if options is None:
        return 0
    code: int = module.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
