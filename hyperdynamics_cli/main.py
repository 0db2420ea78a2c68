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
from typing import Any, NoReturn

from hyperdynamics_cli.commands import Command, find_command, is_help, overview
from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.options import read_options

USAGE_ERROR = 2


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
    stopped: list[int] = []
    before = _mind_signals(stopped)
    try:
        command, rest = find_command(words)
        return _run(command, rest)
    except KeyboardInterrupt:
        return _say_stopped(signal.SIGINT)
    except BrokenPipeError:
        # The reader of our output has gone, as in `hyperdynamics objects | head`: nothing to report, and nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if stopped:  # a library that was just being loaded has made its own error of the interruption
            return _say_stopped(stopped[0])
        return _fail(error)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _mind_signals(stopped: list[int]) -> dict[int, Any]:
    """Ctrl-C and SIGTERM unwind like any error, so that what was started is stopped and what was begun is left whole.

    Each is noted in stopped. Returns the handlers of before. A Ctrl-C that is ignored, as in background, stays so.
    """

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        stopped.append(number)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    numbers = [signal.SIGTERM] if ignored else [signal.SIGTERM, signal.SIGINT]
    return {number: signal.signal(number, stop) for number in numbers}


def _say_stopped(number: int) -> int:
    if number == signal.SIGINT:
        print("hyperdynamics: stopped by Ctrl-C", file=sys.stderr)
    return 128 + number


def _fail(error: Exception) -> int:
    """One line for what a user can mend; anything else is a bug and shows where. From an except block only."""
    if isinstance(error, (UserError, ValueError, OSError)):
        return _report(str(error) or type(error).__name__)
    if isinstance(error, ModuleNotFoundError):
        return _report(f"{error.name} is not installed; run `make setup`, or pip install hyperdynamics")
    raise error


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
