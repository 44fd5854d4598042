"""Exports of what the gateway's own recorder and closing desk wrote: counts, differences, carried floats, Z numbers, printed sums."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.dsfinvk import inspect
from branchgate.figures import Closing
from branchgate.receipts.model import Reference
from tests.gateway.closing.shop import SETTINGS, Shop, closed, open_shop
from tests.gateway.dsfinvk.everything import till_day
from tests.gateway.dsfinvk.exported import Exported, cents, export, total


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, replace(SETTINGS, tax_id="DE123456789")) as opened:
        yield opened


async def two_days(shop: Shop) -> list[Closing]:
    """A day of everything with a difference at its end, and a short one after it that begins with the float carried over."""
    whole = till_day()[:-1]
    for receipt in whole:
        back = receipt.references and receipt.references[0].register_id
        await shop.sell(
            "kasse-1", replace(receipt, references=(Reference("kasse-1", "K1-000002"),)) if back else receipt
        )
    expected = await shop.expected("kasse-1")
    await shop.count(1, "kasse-1", expected.expected_cents - 7)
    first = closed(await shop.close(2, carry_float=True))
    later = whole[7]
    await shop.sell("kasse-1", replace(later, running_number=40, receipt_number="K1-000040"))
    second = closed(await shop.close(3))
    return [step.closing for step in (*first, *second)]


def sums_equal_the_z(exported: Exported, closing: Closing) -> None:
    name = (closing.register_id, closing.z_number)
    (head,) = exported.by_closing("cashpointclosing")[name]
    cases = exported.by_closing("businesscases")[name]
    # Cash of all currencies at its worth, where the drawer's cash is the branch's own money.
    cash = sum(each.amount_cents for each in closing.figures.payments if each.type == "Bar")
    assert cents(head["Z_SE_BARZAHLUNGEN"]) == cash
    assert total(cases, "Z_UMS_BRUTTO") == closing.figures.gross_cents
    assert total(cases, "Z_UST") == sum(vat.vat_cents for vat in closing.figures.vat)
    assert {row["GV_TYP"] for row in cases} == {case.business_case for case in closing.figures.business_cases}
    for payment in closing.figures.payments:
        same = [
            row
            for row in exported.by_closing("payment")[name]
            if (row["ZAHLART_TYP"], row["ZAHLART_NAME"]) == (payment.type, payment.name)
        ]
        currencies = [
            each for each in closing.figures.payments if (each.type, each.name) == (payment.type, payment.name)
        ]
        assert total(same, "Z_ZAHLART_BETRAG") == sum(each.amount_cents for each in currencies)


async def test_the_sums_of_an_export_are_those_of_the_printed_z(shop: Shop, tmp_path: Path) -> None:
    closings = await two_days(shop)
    exported = export(tmp_path, to_day="2026-11-18")
    assert [(row["Z_KASSE_ID"], row["Z_NR"]) for row in exported.rows("cashpointclosing")] == [
        ("kasse-1", "1"),
        ("kasse-1", "2"),
    ]
    for closing in closings:
        sums_equal_the_z(exported, closing)
    assert exported.summary.notes == ()
    file = tmp_path / "checked.zip"
    file.write_bytes(exported.content)
    assert list(inspect(file).faults) == []


async def test_what_the_gateway_books_itself_is_a_receipt_like_any_other(shop: Shop, tmp_path: Path) -> None:
    await two_days(shop)
    exported = export(tmp_path, to_day="2026-11-18")
    cases = {(row["Z_NR"], row["GV_TYP"]): row["Z_UMS_BRUTTO"] for row in exported.rows("businesscases")}
    assert cases["1", "DifferenzSollIst"] == "-0,07"
    (drawer,) = [row for row in exported.by_closing("cash_per_currency")["kasse-1", 1] if row["ZAHLART_WAEH"] == "EUR"]
    assert cents(cases["2", "Anfangsbestand"]) > 0
    second = exported.by_closing("transactions")["kasse-1", 2]
    assert [row["BON_TYP"] for row in second] == ["Beleg", "Beleg"]
    (head,) = exported.by_closing("cashpointclosing")["kasse-1", 2]
    assert head["Z_START_ID"] == second[0]["BON_ID"]
    assert cents(cases["2", "Anfangsbestand"]) == cents(drawer["ZAHLART_BETRAG_WAEH"])


async def test_the_master_data_are_those_that_the_closing_kept(shop: Shop, tmp_path: Path) -> None:
    await two_days(shop)
    exported = export(tmp_path, to_day="2026-11-18")
    (head, _) = exported.rows("cashpointclosing")
    assert [head[name] for name in ("NAME", "STRASSE", "PLZ", "ORT", "LAND", "STNR", "USTID")] == [
        *("Käse & Co. KG", "Markt 1", "10115", "Berlin", "DEU", "", "DE123456789")
    ]
    (register, _) = exported.rows("cashregister")
    assert register["KASSE_SERIENNR"] == "KASSE-1"
    assert register["KASSE_SW_BRAND"] == "branchgate"
