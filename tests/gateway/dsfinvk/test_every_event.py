"""Every event of a till day in the export, judged by the checker, which knows nothing of the exporter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.dsfinvk import Fault, inspect, verify
from branchgate.events import EventKind
from branchgate.receipts.model import ReceiptType, Reference, TseSignature
from branchgate.tse import encode_master_data
from gateway.dsfinvk.selects import NO_TSE, NOT_SECURED
from tests.branchgate.receipt_strategies import NOON_MS
from tests.gateway.dsfinvk.everything import till_day
from tests.gateway.dsfinvk.exported import Exported, Shop, export
from tests.gateway.sales.written_journal import WrittenJournal
from tests.rigs.clock import TurnedClock
from tests.rigs.tse import SoftwareSigner, SoftwareTse


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(WrittenJournal(tmp_path))


def ring_up(shop: Shop) -> dict[int, bytes]:
    """The whole day at kasse-1; event ids by running number."""
    events: dict[int, bytes] = {}
    for receipt in till_day():
        back = receipt.references and receipt.references[0].register_id
        sold = replace(receipt, references=(Reference("kasse-1", "K1-000002", events[2]),)) if back else receipt
        events[receipt.running_number] = shop.sell("kasse-1", sold)
    return events


def faults(exported: Exported, folder: Path) -> list[Fault]:
    """What the checker finds."""
    file = folder / "checked.zip"
    file.write_bytes(exported.content)
    return list(inspect(file, signatures=verify).faults)


def test_a_day_of_every_event_is_without_fault(shop: Shop, tmp_path: Path) -> None:
    ring_up(shop)
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert faults(exported, tmp_path) == []
    assert exported.summary.notes == ()


def test_every_business_case_stands_in_the_closing_with_its_key(shop: Shop, tmp_path: Path) -> None:
    ring_up(shop)
    closing = shop.close_day("kasse-1")
    exported = export(tmp_path)
    cases = {row["GV_TYP"] for row in exported.rows("businesscases")}
    assert len(cases) == 23
    assert {row["GV_NAME"] for row in exported.rows("businesscases") if row["GV_TYP"] == "Auszahlung"} == {
        "Fensterputzer"
    }
    foreign = exported.rows("cash_per_currency")[0]
    assert (foreign["ZAHLART_WAEH"], foreign["ZAHLART_BETRAG_WAEH"]) == ("CHF", "39,00")
    assert sum(payment.amount_cents for payment in closing.figures.payments) == closing.figures.gross_cents


def test_training_and_abandoned_receipts_are_shown_and_count_nothing(shop: Shop, tmp_path: Path) -> None:
    events = ring_up(shop)
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    types = {row["BON_ID"]: row["BON_TYP"] for row in exported.rows("transactions")}
    assert (types[events[6].hex()], types[events[7].hex()]) == ("AVBelegabbruch", "AVTraining")
    assert exported.of_receipt("lines", events[6])[0]["P_STORNO"] == "1"
    assert exported.of_receipt("lines_vat", events[7])[0]["POS_BRUTTO"] == "47,11"
    (umsatz,) = [
        row for row in exported.rows("businesscases") if (row["GV_TYP"], row["UST_SCHLUESSEL"]) == ("Umsatz", "1")
    ]
    counted = [each for each in till_day() if each.type is ReceiptType.BELEG]
    sold = [
        each.gross_cents
        for receipt in counted
        for each in receipt.lines
        if each.business_case.dsfinvk == "Umsatz" and each.vat_key == 1 and not each.voided
    ]
    assert umsatz["Z_UMS_BRUTTO"] == f"{sum(sold) // 100},{sum(sold) % 100:02d}"


def test_prices_tell_how_they_came_about(shop: Shop, tmp_path: Path) -> None:
    events = ring_up(shop)
    shop.close_day("kasse-1")
    steps = export(tmp_path).of_receipt("itemamounts", events[8])
    assert [(row["TYP"], row["PF_BRUTTO"], row["PF_NETTO"], row["PF_UST"]) for row in steps] == [
        ("base_amount", "12,99", "10,91597", "2,07403"),
        ("discount", "-3,00", "-2,52101", "-0,47899"),
        ("extra_amount", "0,01", "0,0084", "0,0016"),
    ]


def test_customers_vouchers_notes_and_groups_have_their_columns(shop: Shop, tmp_path: Path) -> None:
    events = ring_up(shop)
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    heads = {row["BON_ID"]: row for row in exported.rows("transactions")}
    head = heads[events[12].hex()]
    assert [head[name] for name in head if name.startswith("KUNDE_")] == [
        *("Müller & Söhne", "K-77", "Kunde", "Am Ring 3", "50667", "Köln", "DEU", "DE987654321")
    ]
    assert exported.of_receipt("lines", events[17])[1]["GUTSCHEIN_NR"] == "G-1"
    assert heads[events[2].hex()]["BON_NOTIZ"] == "Danke"
    assert [row["ABRECHNUNGSKREIS"] for row in exported.rows("allocation_groups")] == ["Tisch 4"]
    assert [row["ZAHLART_TYP"] for row in exported.of_receipt("datapayment", events[19])] == ["Keine"]


def test_a_return_names_the_closing_of_its_sale_wherever_that_is(shop: Shop, tmp_path: Path) -> None:
    shop.sell("kasse-1", till_day()[0])
    shop.close_day("kasse-1", "2026-10-09")
    events = ring_up(shop)
    shop.close_day("kasse-1", "2026-10-10")
    shop.sell("kasse-1", till_day()[0])
    shop.close_day("kasse-1", "2026-10-11")
    later = next(each for each in till_day() if each.references and each.references[0].register_id)
    by_event = shop.sell(
        "kasse-2", replace(later, references=(Reference("kasse-1", "K1-000002", events[2], line_number=1),))
    )
    by_number = shop.sell("kasse-2", replace(later, references=(Reference("kasse-1", "K1-000003"),)))
    nowhere = shop.sell("kasse-2", replace(later, references=(Reference("kasse-9", "X-1"),)))
    shop.close_day("kasse-2", "2026-10-16")
    exported = export(tmp_path, "2026-10-16", "2026-10-16")
    first = export(tmp_path, "2026-10-10", "2026-10-10").rows("cashpointclosing")[0]["Z_ERSTELLUNG"]
    found = [
        [row[name] for name in ("POS_ZEILE", "REF_TYP", "REF_DATUM", "REF_Z_KASSE_ID", "REF_Z_NR", "REF_BON_ID")]
        for event_id in (by_event, by_number, nowhere)
        for row in exported.of_receipt("references", event_id)
    ]
    assert found == [
        ["1", "Transaktion", first, "kasse-1", "2", events[2].hex()],
        ["", "Transaktion", first, "kasse-1", "2", events[3].hex()],
        ["", "Transaktion", "", "kasse-9", "", "X-1"],
    ]
    assert exported.notes() == {("EXPORT_REFERENCE_UNKNOWN", "kasse-9 X-1"): 1}


def test_a_document_outside_keeps_its_number_and_date(shop: Shop, tmp_path: Path) -> None:
    events = ring_up(shop)
    shop.close_day("kasse-1")
    (row,) = export(tmp_path).of_receipt("references", events[27])
    assert (row["REF_TYP"], row["REF_BON_ID"], row["REF_DATUM"]) == (
        "ExternerLieferschein",
        "L-2026-9",
        "2026-10-16T12:00:00+02:00",
    )


def test_without_a_tse_every_receipt_says_so(shop: Shop, tmp_path: Path) -> None:
    ring_up(shop)
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert {row["TSE_TA_FEHLER"] for row in exported.rows("transactions_tse")} == {NO_TSE}
    assert len(exported.rows("transactions_tse")) == len(exported.rows("transactions"))
    assert exported.rows("tse") == []


async def test_what_a_tse_signed_verifies_from_the_files(shop: Shop, tmp_path: Path) -> None:
    clock = TurnedClock(NOON_MS)
    signer = SoftwareSigner(SoftwareTse(tmp_path / "tse", clock))
    shop.journal.append("kasse-1", EventKind.TSE, encode_master_data(await signer.master_data()))
    for receipt in till_day():
        if not receipt.references and receipt.type is not ReceiptType.AV_SONSTIGE:
            shop.sell("kasse-1", replace(receipt, tse=await signer.sign(receipt)))
    outage = TseSignature("", 0, 0, 0, 0, "", "", "", failure="TSE antwortet nicht", outage_since_ms=NOON_MS)
    failed = shop.sell("kasse-1", replace(till_day()[0], running_number=900, tse=outage))
    silent = shop.sell("kasse-1", replace(till_day()[0], running_number=901))
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert faults(exported, tmp_path) == []
    errors = {row["BON_ID"]: row["TSE_TA_FEHLER"] for row in exported.rows("transactions_tse")}
    assert errors[failed.hex()] == "TSE antwortet nicht (seit 2026-10-16T10:00:00.000Z)"
    assert errors[silent.hex()] == NOT_SECURED
    assert set(errors.values()) == {"", errors[failed.hex()], NOT_SECURED}
    (device,) = exported.rows("tse")
    assert (device["TSE_ID"], device["TSE_PD_ENCODING"]) == ("1", "UTF-8")
    assert [reason for reason, _ in exported.notes()] == ["EXPORT_TSE_UNCERTIFIED"]


async def test_a_long_certificate_gets_columns_of_its_own(shop: Shop, tmp_path: Path) -> None:
    signer = SoftwareSigner(SoftwareTse(tmp_path / "tse", TurnedClock(NOON_MS)))
    known = await signer.master_data()
    receipt = till_day()[0]
    shop.sell("kasse-1", replace(receipt, tse=await signer.sign(receipt)))
    shop.close_day("kasse-1")
    # Told only after the closing: still better than nothing.
    shop.journal.append("kasse-1", EventKind.TSE, encode_master_data(replace(known, certificate="QUJD" * 600)))
    exported = export(tmp_path)
    (device,) = exported.rows("tse")
    parts = [device[f"TSE_ZERTIFIKAT_{number}"] for number in ("I", "II", "III")]
    assert "".join(parts) == "QUJD" * 600
    assert [len(part) for part in parts] == [1000, 1000, 400]
    assert b"<Name>TSE_ZERTIFIKAT_III</Name>" in exported.files["index.xml"]


def test_a_day_on_which_nothing_was_sold_is_a_closing_all_the_same(shop: Shop, tmp_path: Path) -> None:
    shop.sell("kasse-1", next(each for each in till_day() if each.type is ReceiptType.AV_SONSTIGE))
    shop.close_day("kasse-1")
    exported = export(tmp_path)
    assert faults(exported, tmp_path) == []
    (head,) = exported.rows("cashpointclosing")
    assert (head["Z_SE_ZAHLUNGEN"], head["Z_START_ID"]) == ("0,00", head["Z_ENDE_ID"])
    assert [row["UST_SCHLUESSEL"] for row in exported.rows("vat")] == ["5"]
    assert [row["ZAHLART_BETRAG_WAEH"] for row in exported.rows("cash_per_currency")] == ["0,00"]
