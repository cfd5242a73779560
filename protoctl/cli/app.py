"""The way in and out: signals, errors and exit codes; the one place that turns errors into words."""

from __future__ import annotations

import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from protoctl.errors import Interrupted, MachineError, ProtoctlError

if TYPE_CHECKING:
    from types import FrameType

BUG = "error: this is a bug in protoctl; please report it with the lines above"


def main() -> NoReturn:
    """Run the command line and exit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    sys.exit(run(sys.argv[1:]))


def interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  the shape of a signal handler
    """Leave by an exception, so that every `finally` on the way out runs."""
    raise Interrupted(number)


def run(arguments: list[str]) -> int:
    """Run a command line and give the exit code."""
    from protoctl.cli.application import application

    try:
        application()(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except ProtoctlError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except Interrupted as stopped:
        print("interrupted; nothing was changed", file=sys.stderr)
        return stopped.exit_code
    except OSError as error:
        print(f"error: {describe(error)}", file=sys.stderr)
        return MachineError.exit_code
    except Exception:  # noqa: BLE001  whatever else arrives here is a bug, and says so
        traceback.print_exc()
        print(BUG, file=sys.stderr)
        return 70
    return 0


def describe(error: OSError) -> str:
    """Say what this machine refused, and for which path."""
    reason = error.strerror or str(error)
    return f"{reason}: {error.filename}" if error.filename else reason
