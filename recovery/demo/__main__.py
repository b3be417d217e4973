"""``python -m recovery.demo``."""

from __future__ import annotations

import os
import sys

from .enough import Enough


def main() -> int:
    """Run it; 0 also when it was ended early."""
    enough = Enough()  # before the imports that take their time, so that Ctrl-C never meets an unready program
    from .options import timetable
    from .run import run

    wanted = timetable()
    try:
        run(wanted, enough)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has seen enough (``| head``)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"the demonstration cannot run: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
