# SPDX-License-Identifier: GPL-2.0-or-later
"""``schema``: prints the JSON Schema of results files, with all figures in it."""

import argparse
import json

from report.read.schema import schema

NAME = "schema"
HELP = "print the JSON Schema of results files, with all figures in it"


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(_args: argparse.Namespace) -> int:
    """Print it; 0."""
    print(json.dumps(schema(), indent=2))
    return 0
