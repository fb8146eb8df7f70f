# SPDX-License-Identifier: GPL-2.0-or-later
"""Says in our own words what a value breaks of the schema of results files.

The validator's own messages differ from one version of it to the next.
"""

import json
import re
from typing import Any, Callable, Dict, Mapping

_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
# Longer than this a value is cut in the middle.
_LONG = 100


def words(error: Any) -> str:
    """What is wrong, of a ValidationError of jsonschema.

    Built from the keyword of the schema that failed, its value and the instance alone.
    """
    if "propertyNames" in error.relative_schema_path:
        return f"{error.instance!r} does not belong here"
    say = _WORDS.get(error.validator)
    # The schema is just `false`, or its like.
    if error.validator is None or error.validator_value == {}:
        return "does not belong here"
    if say is None:
        return f"{_shown(error.instance)} breaks the rule {error.validator!r}"
    return say(error.instance, error.validator_value, error.schema)


def _shown(value: object) -> str:
    """The value as it stands in the file."""
    text = json.dumps(value, ensure_ascii=True)
    if len(text) > _LONG:
        return f"{text[: _LONG - 30]} ... {text[-25:]}"
    return text


def _required(instance: Mapping[str, Any], names: Any, _: Any) -> str:
    missing = next(name for name in names if name not in instance)
    return f"{missing!r} is missing"


def _dependencies(instance: Mapping[str, Any], needs: Any, _: Any) -> str:
    for name, others in needs.items():
        missing = [other for other in others if other not in instance]
        if name in instance and missing:
            return f"{name!r} is there, but {missing[0]!r} is missing"
    return "lacks what goes with its other fields"


def _additional(instance: Mapping[str, Any], _: Any, schema: Any) -> str:
    patterns = schema.get("patternProperties", {})
    extra = [
        name
        for name in instance
        if name not in schema.get("properties", {})
        and not any(re.search(pattern, name) for pattern in patterns)
    ]
    more = f" (and {len(extra) - 1} more)" if len(extra) > 1 else ""
    return f"{extra[0]!r} is not a known field{more}"


def _type(instance: Any, kinds: Any, _: Any) -> str:
    wanted = [kinds] if isinstance(kinds, str) else kinds
    return f"{_shown(instance)} is not {' or '.join(_TYPES[kind] for kind in wanted)}"


def _enum(instance: Any, allowed: Any, _: Any) -> str:
    return f"{_shown(instance)} is none of {', '.join(map(_shown, allowed))}"


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"


_WORDS: Dict[Any, Callable[[Any, Any, Any], str]] = {
    "required": _required,
    "dependencies": _dependencies,
    "additionalProperties": _additional,
    "type": _type,
    "enum": _enum,
    "const": lambda got, want, _: f"{_shown(got)} should be {_shown(want)}",
    "pattern": lambda got, _, __: f"{_shown(got)} is malformed",
    "format": lambda got, _, __: f"{_shown(got)} is malformed",
    "minimum": lambda got, least, _: f"{_shown(got)} is less than {least}",
    "maximum": lambda got, most, _: f"{_shown(got)} is more than {most}",
    "exclusiveMinimum": lambda got, bound, _: f"{_shown(got)} is not above {bound}",
    "exclusiveMaximum": lambda got, bound, _: f"{_shown(got)} is not below {bound}",
    "minItems": lambda got, least, _: f"has {_entries(len(got))}, needs {least}",
    "maxItems": lambda got, most, _: f"has {_entries(len(got))}, may have {most}",
    "minLength": lambda got, least, _: (
        "is empty" if not got else f"{_shown(got)} is shorter than {least}"
    ),
    "uniqueItems": lambda got, _, __: "has the same entry twice",
}
