"""Every reason that the code gives has sentences in both languages, and no sentence waits for a reason that nobody gives any more.

Read from the source, because a reason that is raised once a year is tested by nobody.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from branchgate.errors.texts import all_sentences, sentence_for

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ("branchgate", "gateway", "central", "drivers")
BEARERS = {"Refused", "TryAgain", "OutcomeUnknown", "Finding"}
"""Calls whose first argument is a reason. The drivers' errors are their own; the gateway turns them into PRINTER_ and DRAWER_ reasons."""
FILLINGS = {"reason", "field", "value", "rule", "what"}


@cache
def syntax_trees() -> dict[Path, ast.Module]:
    files = (file for room in ROOMS for file in (HOUSE / room).rglob("*.py") if "_pb2" not in file.name)
    return {file.relative_to(HOUSE): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for file, tree in syntax_trees().items():
        for node in ast.walk(tree):
            yield file, node


@cache
def named_constants() -> dict[str, str]:
    """Texts that stand under a name: `BUSY = "SALES_STORE_BUSY"`."""
    return {
        node.targets[0].id: node.value.value
        for _, node in nodes()
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


@cache
def reasons_given() -> dict[str, Path]:
    """Reason codes that are the first argument of an error or a finding, each with a file that gives it."""
    given: dict[str, Path] = {}
    for file, node in nodes():
        if not isinstance(node, ast.Call) or file.parts[0] == "drivers" or not node.args:
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        reason = node.args[0]
        if called in BEARERS and isinstance(reason, ast.Constant):
            given[str(reason.value)] = file
        elif called in BEARERS and isinstance(reason, ast.Name) and reason.id in named_constants():
            given[named_constants()[reason.id]] = file
    return given


@cache
def texts_in_code() -> frozenset[str]:
    return frozenset(
        node.value for _, node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def prefixes_in_code() -> frozenset[str]:
    """Beginnings of reasons that are put together: `f"PRINT_{job.state}"`."""
    heads = (node.values[0] for _, node in nodes() if isinstance(node, ast.JoinedStr) and len(node.values) == 2)
    return frozenset(
        str(head.value) for head in heads if isinstance(head, ast.Constant) and re.fullmatch("[A-Z]+_", str(head.value))
    )


def test_the_scan_sees_reasons() -> None:
    assert {"NOT_RUNNING", "RECEIPT_UNREADABLE", "SALES_STORE_BUSY"} <= reasons_given().keys()
    assert {"PRINT_", "PRINTER_", "DIAGNOSIS_"} <= prefixes_in_code()


def test_every_reason_has_sentences() -> None:
    assert {reason: file for reason, file in reasons_given().items() if reason not in all_sentences()} == {}


def test_every_sentence_has_a_reason() -> None:
    def is_given(reason: str) -> bool:
        heads = [head for head in prefixes_in_code() if reason.startswith(head)]
        return reason in texts_in_code() or any(reason.removeprefix(head) in texts_in_code() for head in heads)

    assert [reason for reason in all_sentences() if not is_given(reason)] == []


@pytest.mark.parametrize("reason", sorted(all_sentences()))
def test_both_languages_tell_the_same_facts(reason: str) -> None:
    german, english = (set(re.findall(r"{(\w+)}", all_sentences()[reason][language])) for language in ("de", "en"))
    assert german == english
    assert german <= FILLINGS


def test_a_line_of_a_receipt_is_named_as_on_paper() -> None:
    """„„xyzzy“ (lines[1].article) ist nicht bekannt.“ stood at the till."""
    said = {
        language: sentence_for("NOT_FOUND", language, field="lines[1].article", value="xyzzy")
        for language in ("de", "en")
    }
    assert said == {
        "de": "„xyzzy“ (Position 2, Artikel) ist nicht bekannt.",
        "en": '"xyzzy" (line 2, article) is not known.',
    }


def test_a_field_that_nobody_named_is_shown_as_it_is() -> None:
    assert "(sales_memory_mb)" in sentence_for("INVALID_VALUE", "de", field="sales_memory_mb", value="1", rule="64")
