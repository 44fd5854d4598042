"""Closings as whole pages, in both languages on paper of 32, 42 and 48 columns (see `golden_pages`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.printing.templates.closing import closing_document
from tests.branchgate.reports.test_documents import CLOSING
from tests.gateway.printing.golden_pages import FOLDER, compare
from tests.gateway.printing.shop import SETTINGS


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_closing_looks_as_it_did(language: str, columns: int) -> None:
    closing = closing_document(CLOSING, replace(SETTINGS, language=language), columns)
    compare({"closing": closing}, columns, FOLDER / f"closing-{language}-{columns}.txt")
