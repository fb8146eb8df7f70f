# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what is said of a value that breaks the schema."""

import json
from typing import Any, Dict, Set

import jsonschema
import pytest

from report.read.schema import SCHEMA_PATH
from report.read.schema_words import _WORDS, words

# Keywords that only hold others, and those of which the validator descends into what
# they hold; `not` stands only in the conditions of `if`.
STRUCTURE = {
    "$ref", "allOf", "definitions", "else", "if", "items", "not", "patternProperties",
    "properties", "propertyNames", "then",
}  # fmt: skip
REMARKS = {"$comment", "$schema", "description", "title"}

CASES = [
    ({"required": ["a", "b"]}, {"a": 1}, "'b' is missing"),
    ({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1, "b": 2},
     "'b' is not a known field"),
    ({"additionalProperties": False, "patternProperties": {"^x": {}}},
     {"xa": 1, "b": 2, "c": 3}, "'b' is not a known field (and 1 more)"),
    ({"type": "number"}, "1", '"1" is not a number'),
    ({"type": "integer"}, 1.5, "1.5 is not a whole number"),
    ({"type": ["string", "null"]}, True, "true is not text or null"),
    ({"enum": ["a", 1]}, "b", '"b" is none of "a", 1'),
    ({"const": 2}, 3, "3 should be 2"),
    ({"pattern": "^a"}, "b", '"b" is malformed'),
    ({"minimum": 0}, -1, "-1 is less than 0"),
    ({"maximum": 1}, 1.5, "1.5 is more than 1"),
    ({"exclusiveMinimum": 0}, 0, "0 is not above 0"),
    ({"exclusiveMaximum": 5}, 5, "5 is not below 5"),
    ({"minItems": 2}, [1], "has 1 entry, needs 2"),
    ({"maxItems": 1}, [1, 2], "has 2 entries, may have 1"),
    ({"minLength": 1}, "", "is empty"),
    ({"minLength": 3}, "ab", '"ab" is shorter than 3'),
    ({"uniqueItems": True}, [1, 1], "has the same entry twice"),
    ({"dependencies": {"a": ["b"]}}, {"a": 1}, "'a' is there, but 'b' is missing"),
    ({"propertyNames": {"enum": ["a"]}}, {"b": 1}, "'b' does not belong here"),
    ({"patternProperties": {"^b": False}}, {"b": 1}, "does not belong here"),
    ({"oneOf": [{"type": "null"}]}, 1, "1 breaks the rule 'oneOf'"),
    ({"type": "null"}, "x" * 500,
     '"' + "x" * 69 + " ... " + "x" * 24 + '" is not null'),
]  # fmt: skip


@pytest.mark.parametrize("schema, instance, said", CASES)
def test_words(schema: Dict[str, Any], instance: Any, said: str) -> None:
    """Each keyword has words of ours."""
    (error,) = jsonschema.Draft7Validator(schema).iter_errors(instance)
    error.message = "whatever the validator says"
    assert words(error) == said


def test_every_keyword_of_the_schema_has_words() -> None:
    """A keyword that comes to be used in the schema needs words too."""

    def keywords(schema: Any) -> Set[str]:
        if not isinstance(schema, dict):
            return set()
        found = set(schema)
        for name in ("properties", "patternProperties", "definitions"):
            for part in schema.get(name, {}).values():
                found |= keywords(part)
        for name in ("items", "additionalProperties", "if", "then", "else", "not"):
            part = schema.get(name)
            for each in part if isinstance(part, list) else [part]:
                found |= keywords(each)
        for part in schema.get("allOf", ()):
            found |= keywords(part)
        return found

    used = keywords(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))
    assert {"required", "pattern", "uniqueItems", "dependencies"} < used
    assert used - STRUCTURE - REMARKS <= set(_WORDS)
