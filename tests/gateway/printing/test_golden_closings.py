"""Closings as whole pages, in both languages on paper of 32, 42 and 48 columns (see `golden_pages`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from branchgate.catalogue import BranchSettings
from branchgate.figures import BusinessCaseFigure, Figures
from drivers.escpos.document import Document
from drivers.escpos.layout import to_text
from gateway.printing.templates.closing import closing_document, x_document
from gateway.printing.templates.closing_version4 import VERSION as VERSION_4
from gateway.printing.templates.copy_mark import CopyMark
from tests.branchgate.reports.rich_day import CLOSED_MS, CLOSING
from tests.gateway.printing.first_closings import CLOSING as FIRST_CLOSING
from tests.gateway.printing.golden_pages import FOLDER, compare
from tests.gateway.printing.shop import SETTINGS

QUIET = replace(CLOSING, figures=Figures(), count=None, carried_float_cents=None, carried_parked_ids=())
X = replace(CLOSING, z_number=0, business_day="", count=None, master_data=None, chain_hash=b"")


def pages(settings: BranchSettings, columns: int) -> dict[str, Document]:
    """A rich day, its copy, a quiet day without a TSE, and the X of the rich day."""
    return {
        "closing": closing_document(CLOSING, settings, columns),
        "copy": closing_document(QUIET, settings, columns, CopyMark(2, CLOSED_MS, "chefin")),
        "interim": x_document(X, settings, columns),
    }


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_closing_looks_as_it_did(language: str, columns: int) -> None:
    compare(pages(replace(SETTINGS, language=language), columns), columns, FOLDER / f"closing-{language}-{columns}.txt")


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_report_that_an_older_template_began_it_ends(language: str, columns: int) -> None:
    settings = replace(SETTINGS, language=language)
    made = {
        "closing": closing_document(FIRST_CLOSING, settings, columns, template=VERSION_4),
        "interim": x_document(FIRST_CLOSING, settings, columns, template=VERSION_4),
    }
    compare(made, columns, FOLDER / "version4" / f"closing-{language}-{columns}.txt")


def test_an_older_report_calls_turnover_what_it_called_so() -> None:
    """Vouchers were in it; a page that had begun must not end with another sum."""
    figures = FIRST_CLOSING.figures
    voucher = BusinessCaseFigure("MehrzweckgutscheinKauf", 1, 5_000)
    sold = replace(FIRST_CLOSING, figures=replace(figures, business_cases=(*figures.business_cases, voucher)))
    printed = to_text(closing_document(sold, SETTINGS, 42, template=VERSION_4), 42)
    (line,) = [line for line in printed.splitlines() if line.startswith("UMSATZ BRUTTO")]
    assert line.split()[-1] == "1.384,50"
