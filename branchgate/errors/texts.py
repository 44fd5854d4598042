"""Sentences for people, German first: what happened and what to do now.

The sentences stand in `sentences/<subject>.toml`, one table per reason code with `de` and `en`; `{field}`, `{value}` and `{rule}` are
filled in, and `{what}` is the field in the words of `fields.toml`. A reason without sentences is still shown, with its code and rule,
never hidden.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from branchgate.errors import BranchgateError

_PLACE = re.compile(r"\{(reason|field|value|rule|what)\}")
_LINE = re.compile(r"lines\[(\d+)\]\.(\w+)")

Language = Literal["de", "en"]

_UNNAMED: dict[Language, str] = {
    "de": "Das geht so nicht ({reason}). Feld „{field}“, Wert „{value}“: {rule}",
    "en": 'This cannot be done ({reason}). Field "{field}", value "{value}": {rule}',
}
_LINE_WORDS: dict[Language, str] = {"de": "Position {number}, {what}", "en": "line {number}, {what}"}


def sentence(error: BranchgateError, language: Language) -> str:
    """The sentence for an error in one language."""
    return sentence_for(error.reason, language, field=error.field, value=error.value, rule=error.rule)


def sentence_for(reason: str, language: Language, *, field: str = "", value: str = "", rule: str = "") -> str:
    """The sentence for a reason code in one language."""
    template = all_sentences().get(reason, _UNNAMED)[language]
    what = field_for_people(field, language)
    fillings = {"reason": reason, "field": field, "value": value, "rule": rule, "what": what}
    # All at once: a value may itself hold "{rule}".
    return _PLACE.sub(lambda place: fillings[place[1]], template)


def field_for_people(field: str, language: Language) -> str:
    """What people call a field; a line of a receipt counts from 1, as on paper."""
    line = _LINE.fullmatch(field)
    if line:
        return _LINE_WORDS[language].format(number=int(line[1]) + 1, what=field_for_people(line[2], language))
    words = _field_words().get(field)
    return words[language] if words else field


@cache
def all_sentences() -> dict[str, dict[Language, str]]:
    """Every reason code that has sentences. Raises ValueError when two subjects claim one code."""
    found: dict[str, dict[Language, str]] = {}
    for file in sorted(files("branchgate.errors").joinpath("sentences").iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for reason, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if reason in found:
                raise ValueError(f"reason {reason} has sentences twice; the second stands in {file.name}")
            found[reason] = {"de": texts["de"], "en": texts["en"]}
    return found


@cache
def _field_words() -> dict[str, dict[Language, str]]:
    stored = tomllib.loads(files("branchgate.errors").joinpath("fields.toml").read_text(encoding="utf-8"))
    return {field: {"de": words["de"], "en": words["en"]} for field, words in stored.items()}
