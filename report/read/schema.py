# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema of results files, and what in a document does not fit it.

It is results/schema.json, with the figures of results/figures.json as properties of a
sample: a figure that is listed there needs no other entry.
"""

import functools
import json
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Tuple

from report.read.figures import Figure, figures
from report.read.schema_words import words

SCHEMA_PATH = Path(__file__).resolve().parent.parent.parent / "results" / "schema.json"


@functools.lru_cache(maxsize=None)
def schema() -> Dict[str, Any]:
    """The whole schema; it is shared, so do not change it."""
    found: Dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    found["description"] += " Its figures are those of figures.json."
    properties = found["definitions"]["sample"]["properties"]
    for each in figures().values():
        properties.setdefault(each.name, _rule(each))
    return found


def _rule(figure: Figure) -> Dict[str, Any]:
    """What a sample may say of a figure."""
    unit = f" Unit: {figure.unit}." if figure.unit else ""
    rule = {
        "description": figure.meaning + unit,
        "type": "integer" if figure.integer else "number",
        "minimum": figure.minimum,
    }
    if figure.maximum is not None:
        rule["maximum"] = figure.maximum
    return rule


@functools.lru_cache(maxsize=None)
def _fast_check() -> Callable[[Any], Any]:
    # Late: a comparison that is still being taken is read unchecked, again and again.
    import fastjsonschema

    check: Callable[[Any], Any] = fastjsonschema.compile(schema())
    return check


def _spelled_out(rule: Any) -> Any:
    """The rule with ``not`` in place of each property that is just ``false``.

    Of a rule that is ``false`` some versions of jsonschema do not say where it broke.
    """
    if isinstance(rule, list):
        return [_spelled_out(each) for each in rule]
    if not isinstance(rule, dict):
        return rule
    return {
        key: (
            {
                name: {"not": {}} if each is False else _spelled_out(each)
                for name, each in value.items()
            }
            if key in ("properties", "patternProperties")
            else _spelled_out(value)
        )
        for key, value in rule.items()
    }


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

    validator = jsonschema.Draft7Validator(_spelled_out(schema()))
    error = next(validator.iter_errors(document), None)
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
