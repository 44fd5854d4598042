"""Imports as messages and back."""

from __future__ import annotations

from typing import get_args

from branchgate.errors import Refused
from branchgate.v1 import central_admin_pb2 as messages
from central.ameise import ColumnMapping, Problem, Repeated, Severity, parse_mapping
from central.articles import ImportChoice, Imported

_REPEATED: dict[str, Repeated] = {name: name for name in get_args(Repeated)}


def choice_from_message(options: messages.ImportOptions) -> ImportChoice:
    """How to import. Raises Refused (INVALID_VALUE) and what the mapping file is refused for."""
    repeated = _REPEATED.get(options.repeated or "error")
    if repeated is None:
        raise Refused("INVALID_VALUE", field="repeated", value=options.repeated, rule=" or ".join(_REPEATED))
    mapping = parse_mapping(options.mapping) if options.mapping else ColumnMapping()
    return ImportChoice(mapping, repeated, partial=options.partial, check_only=options.check_only)


def imported_to_message(imported: Imported) -> messages.ImportArticlesResponse:
    """What an import found and did."""
    return messages.ImportArticlesResponse(
        rows=imported.read.rows_read,
        articles=imported.articles,
        categories=imported.categories,
        changed=imported.changed,
        problems=[_problem(problem) for problem in imported.read.problems],
        errors=len(imported.read.errors),
    )


def _problem(problem: Problem) -> messages.ImportProblem:
    return messages.ImportProblem(
        line=problem.line,
        column=problem.column_name or "",
        column_number=problem.column_index or 0,
        value=problem.value,
        reason=problem.reason_code.value,
        text_de=problem.german,
        text_en=problem.english,
        warning=problem.severity is Severity.WARNING,
    )
