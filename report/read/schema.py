# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds a document against results/schema.json."""

import functools
import json
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Tuple

from report.read.schema_words import words

SCHEMA_PATH = Path(__file__).resolve().parent.parent.parent / "results" / "schema.json"


@functools.lru_cache(maxsize=None)
def _schema() -> Dict[str, Any]:
    schema: Dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return schema


@functools.lru_cache(maxsize=None)
def _fast_check() -> Callable[[Any], Any]:
    # Late: a comparison that is still being taken is read unchecked, again and again.
    import fastjsonschema

    check: Callable[[Any], Any] = fastjsonschema.compile(_schema())
    return check


def fault(document: Any) -> Optional[Tuple[str, str]]:
    """Where the document does not fit the schema and why not; None if it fits.

    Comparisons have tens of thousands of samples: the compiled check passes them in a
    fraction of the time, the other one says what is wrong in words.
    """
    import fastjsonschema

    try:
        _fast_check()(document)
        return None
    except fastjsonschema.JsonSchemaValueException:
        pass
    import jsonschema

    error = next(jsonschema.Draft7Validator(_schema()).iter_errors(document), None)
    if error is None:
        return None
    where = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}"
        for step in error.absolute_path
    )
    what = words(error)
    expected = isinstance(error.schema, dict) and error.schema.get("description")
    if expected:
        what += f" (expected: {expected})"
    return where.lstrip(".") or "top level", what
