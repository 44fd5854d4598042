"""What is wrong with an export: where, by which rule, in sentences; and the collector that keeps a rule's first faults and counts the rest."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final, Literal

LONGEST_VALUE: Final = 120
"""Characters of a value that are told again."""

Language = Literal["de", "en"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `rule` is what should be there: a form, a sum, a list. Line 1 is the header; 0 means the file as a whole."""

    code: str
    file: str
    line: int = 0
    column: str = ""
    value: str = ""
    rule: str = ""

    def sentence(self, language: Language) -> str:
        """What is wrong, for people; German and English."""
        template = sentences()[self.code][language]
        fillings = {name: getattr(self, name) for name in ("file", "line", "column", "value", "rule")}
        return template.format_map(fillings)


@dataclass(slots=True)
class Faults:
    """Faults as they are found: at most `keep` of each rule, and how many there were."""

    keep: int
    kept: list[Fault] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)

    def add(self, fault: Fault) -> None:
        """Takes one more."""
        self.found[fault.code] += 1
        if self.found[fault.code] <= self.keep:
            self.kept.append(_clipped(fault))


@cache
def sentences() -> dict[str, dict[Language, str]]:
    """Every rule's sentences by its code; the codes are stable."""
    stored = tomllib.loads(files("branchgate.dsfinvk").joinpath("rules.toml").read_text(encoding="utf-8"))
    return {code: {"de": texts["de"], "en": texts["en"]} for code, texts in stored.items()}


def _clipped(fault: Fault) -> Fault:
    if len(fault.value) <= LONGEST_VALUE and len(fault.rule) <= 2 * LONGEST_VALUE:
        return fault
    value, rule = fault.value[:LONGEST_VALUE], fault.rule[: 2 * LONGEST_VALUE]
    return Fault(fault.code, fault.file, fault.line, fault.column, value, rule)
