"""What earlier programs may have recorded: figures beyond any money, texts without a character, a clock that was years ahead.

One such receipt must neither keep the others from being exported nor make files that break the rules of their columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.events import EventKind
from branchgate.receipts.model import Payment, PaymentType, PriceStep, PriceStepType, Receipt, Reference
from tests.gateway.dsfinvk.everything import Case, line, receipt
from tests.gateway.dsfinvk.exported import Shop, export
from tests.gateway.sales.written_journal import WrittenJournal

MOST, LEAST = 2**63 - 1, -(2**63)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(WrittenJournal(tmp_path))


def sale() -> Receipt:
    return receipt(1, [line(1, Case.UMSATZ, 100)], [Payment(PaymentType.BAR, 100)])


def priced(price: int) -> Receipt:
    return replace(sale(), lines=(replace(sale().lines[0], unit_price=price),))


def stepped(price: int, rate: int) -> Receipt:
    step = PriceStep(PriceStepType.BASE_AMOUNT, price)
    return replace(sale(), lines=(replace(sale().lines[0], price_steps=(step,), vat_rate_basis_points=rate),))


def paid(currency: str, foreign: int) -> Receipt:
    payment = Payment(PaymentType.BAR, 0, currency=currency, foreign_amount=foreign)
    return replace(sale(), payments=(*sale().payments, payment))


@pytest.mark.parametrize(
    ("strange", "column", "stem", "shown"),
    [
        (lambda: priced(LEAST), "STK_BR", "lines", "-1000000000,00"),
        (lambda: stepped(LEAST, 1900), "PF_BRUTTO", "itemamounts", "-1000000000,00"),
        (lambda: stepped(MOST, -9_999), "PF_BRUTTO", "itemamounts", "1000000000,00"),
        (lambda: paid("JPY", MOST), "ZAHLWAEH_BETRAG", "datapayment", "100000000000,00"),
        (lambda: paid("CHF", LEAST), "ZAHLWAEH_BETRAG", "datapayment", "-1000000000,00"),
    ],
)
def test_a_figure_beyond_any_money_is_limited_noted_and_blocks_nothing(
    shop: Shop, tmp_path: Path, strange: Callable[[], Receipt], column: str, stem: str, shown: str
) -> None:
    strange_id, _ = shop.sell("kasse-1", strange()), shop.sell("kasse-1", sale())
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert exported.summary.receipts == 2
    assert shown in [row[column] for row in exported.of_receipt(stem, strange_id)]
    assert exported.notes()["EXPORT_NUMBER_CUT", column] == 1


def test_stand_ins_for_blank_texts_are_clean(shop: Shop, tmp_path: Path) -> None:
    blank = replace(
        sale(),
        user_name="\n\t",
        lines=(replace(sale().lines[0], text=" \n", article_number="A\0\n\u2028B"),),
        payments=(replace(sale().payments[0], currency="   "),),
    )
    shop.sell("kasse-1", blank)
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert exported.rows("lines")[0]["ARTIKELTEXT"] == "A   B"
    head = exported.rows("transactions")[0]
    assert head["BEDIENER_NAME"] == head["BEDIENER_ID"] == blank.user_id
    assert exported.rows("datapayment")[0]["ZAHLWAEH_CODE"] == "EUR"


@pytest.mark.parametrize("wrong", ["2100-01-01", "1970-01-01"])
def test_a_closing_with_a_day_of_a_wrong_clock_is_noted_where_it_is_missing(
    shop: Shop, tmp_path: Path, wrong: str
) -> None:
    shop.sell("kasse-1", sale())
    shop.close_day("kasse-1", day=wrong)
    shop.sell("kasse-1", sale())
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert exported.summary.closings == 1
    assert [(note.reason, note.count, note.example) for note in exported.summary.notes] == [
        ("EXPORT_CLOSING_ELSEWHERE", 1, f"kasse-1 Z 1: {wrong}")
    ]
    assert export(tmp_path, min(wrong, "2026-10-01"), max(wrong, "2026-11-18")).summary.closings == 2


def test_a_damaged_closing_is_noted_and_the_rest_is_exported(shop: Shop, tmp_path: Path) -> None:
    shop.sell("kasse-1", sale())
    shop.journal.append("kasse-1", EventKind.CLOSING, b"\xff" * 40)
    shop.numbers["kasse-1"] = 1
    shop.sell("kasse-1", sale())
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert [(row["Z_NR"], row["Z_SE_ZAHLUNGEN"]) for row in exported.rows("cashpointclosing")] == [("2", "1,00")]
    assert ("EXPORT_CLOSING_UNREADABLE", "closing") in exported.notes()


def test_thousands_of_unknown_references_make_few_notes(shop: Shop, tmp_path: Path) -> None:
    references = tuple(Reference("nobody", f"K{number}") for number in range(5_000))
    shop.sell("kasse-1", replace(sale(), references=references))
    shop.close_day("kasse-1")
    notes = [note for note in export(tmp_path).summary.notes if note.reason == "EXPORT_REFERENCE_UNKNOWN"]
    assert len(notes) <= 101
    assert sum(note.count for note in notes) == 5_000


def test_an_export_that_lacks_receipts_of_the_printed_z_says_so(shop: Shop, tmp_path: Path) -> None:
    shop.sell("kasse-1", sale())
    shop.close_day("kasse-1")
    assert not export(tmp_path).summary.notes
    # The journal has lost this one; the closing knows it.
    shop.open["kasse-1"] = [(b"lost", sale())]
    shop.sell("kasse-1", sale())
    shop.close_day("kasse-1")
    noted = export(tmp_path).summary.notes
    assert [(note.reason, note.count, note.example) for note in noted] == [("EXPORT_CLOSING_DIFFERS", 1, "kasse-1 Z 2")]
