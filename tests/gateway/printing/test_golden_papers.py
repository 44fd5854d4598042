"""Receipts as whole pages, in both languages on paper of 32, 42 and 48 columns, held to files a person has looked at.

See `golden_pages` for how to write the files anew after a look changed on purpose.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from branchgate.catalogue import Article, BranchSettings
from branchgate.receipts.basket import Basket, money_movement, reversal_of
from branchgate.receipts.model import BusinessCase, Payment, PaymentType
from drivers.escpos.document import Bitmap, Document
from gateway.printing.templates.copy_mark import CopyMark
from gateway.printing.templates.receipt import receipt_document
from gateway.printing.templates.version3 import receipt_document_v3
from tests.gateway.printing.golden_pages import FOLDER, compare
from tests.gateway.printing.kinds import kinds, out_of_order, signed
from tests.gateway.printing.shop import SETTINGS
from tests.gateway.printing.test_receipt_template import ENDED, HEADER, TSE, sale

LOGO = Bitmap(320, 96, bytes(40 * 96))


def pages(settings: BranchSettings, columns: int) -> dict[str, Document]:
    receipts = {
        "full sale": sale(),
        **kinds(),
        "sale with TSE": signed(kinds()["sale"]),
        "sale with test TSE": signed(kinds()["sale"], uncertified=True),
        "training with TSE": signed(kinds()["training"]),
        "sale while the TSE is out": out_of_order(kinds()["sale"]),
    }
    made = {name: receipt_document(each, "kasse-1", settings, columns, logo=LOGO) for name, each in receipts.items()}
    made["code only"] = receipt_document(receipts["sale with TSE"], "kasse-1", settings, columns, tse_text=False)
    made["copy"] = receipt_document(sale(), "kasse-1", settings, columns, CopyMark(1, ENDED), logo=LOGO)
    return made


def pages_of_version_3(settings: BranchSettings, columns: int) -> dict[str, Document]:
    """What stood in these files while template 3 was the newest."""
    returned = Basket()
    returned.add(Article("4", "Kaffee Crema ganze Bohne 1 kg", 1_399_000, 2, 700), -2_000)
    receipts = {
        "sale": sale(),
        "sale with TSE": replace(sale(), tse=TSE),
        "return": returned.finish(HEADER, [Payment(PaymentType.BAR, -2_798)]),
        "void": reversal_of(sale(), HEADER, "kasse-2", bytes(16)),
        "opening float": money_movement(HEADER, BusinessCase.ANFANGSBESTAND, 20_000, "Anfangsbestand"),
    }
    made = {name: receipt_document_v3(each, "kasse-1", settings, columns, logo=LOGO) for name, each in receipts.items()}
    made["copy"] = receipt_document_v3(sale(), "kasse-1", settings, columns, CopyMark(1, ENDED), logo=LOGO)
    return made


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", ["de", "en"])
def test_paper_looks_as_it_did(language: str, columns: int) -> None:
    settings = replace(SETTINGS, language=language)
    compare(pages(settings, columns), columns, FOLDER / f"{language}-{columns}.txt")


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", ["de", "en"])
def test_what_an_older_template_began_it_ends(language: str, columns: int) -> None:
    settings = replace(SETTINGS, language=language)
    compare(pages_of_version_3(settings, columns), columns, FOLDER / "version3" / f"{language}-{columns}.txt")
