# SPDX-License-Identifier: GPL-2.0-or-later
"""Command line of the report: ``python3 -m report COMMAND ...``."""

import argparse
import os
import sys
from typing import NoReturn, Optional, Sequence

from report import ReportError
from report.commands import (
    changes,
    claims,
    compare,
    dashboard,
    export,
    headline,
    lock_sampling,
    patch,
    plot,
    schema,
    selftest,
    store,
    validate,
)

# A command is a module with NAME, HELP, add_arguments(parser) and run(args) -> exit
# status. run() raises a ReportError for what the user has to put right.
COMMANDS = (
    plot,
    compare,
    patch,
    claims,
    selftest,
    headline,
    validate,
    lock_sampling,
    schema,
    store,
    changes,
    export,
    dashboard,
)


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; try {self.prog} --help\n")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run one command; returns the exit status: 0 done, 2 wrong usage or input."""
    parser = OneLineParser(prog="python3 -m report", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS:
        command = commands.add_parser(
            module.NAME, help=module.HELP, description=module.HELP
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    chosen = parser.parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except ReportError as error:
        print(f"report: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader has closed the pipe: write nothing more, at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
