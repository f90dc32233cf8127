"""``python -m duizhao``, and the command ``duizhao``: signals are caught before
anything large is imported.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point: a mistake of the user ends in one line and exit code 1, Ctrl-C in 130, SIGTERM in 143."""
    try:
        from duizhao.process import catch_signals, ignore_signals, run

        catch_signals()
    except KeyboardInterrupt:  # before signals are caught
        sys.stderr.write("stopped\n")
        exec("")  # see duizhao.process.run
        sys.exit(130)
    arguments = sys.argv[1:]
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = "--debug" in options
    if debug:
        sys.argv.remove("--debug")
    code = run(_start, debug=debug)
    ignore_signals()
    sys.exit(code)


def _start() -> None:
    from duizhao.cli import app

    app()


if __name__ == "__main__":
    main()
