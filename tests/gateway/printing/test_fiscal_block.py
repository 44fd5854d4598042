"""What a receipt says of its TSE: signed, for tests, out of order; as text and as a code that verifies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from branchgate.receipts.model import ReceiptType
from branchgate.tse import booked_by_gateway, parse_code, verify_signature
from drivers.escpos.document import Align, Document, QrCode, Text
from drivers.escpos.layout import to_text
from gateway.printing.templates.receipt import receipt_document
from tests.gateway.printing.kinds import out_of_order, signed
from tests.gateway.printing.shop import SETTINGS
from tests.gateway.printing.test_receipt_template import sale, text


def test_the_tse_s_block_is_legible_and_its_code_carries_twelve_fields() -> None:
    receipt = signed(sale())
    document = receipt_document(receipt, "kasse-1", SETTINGS, 42)
    (code,) = qr_codes(document)
    assert receipt.tse is not None
    assert code.startswith(
        "V0;KASSE-1;Kassenbeleg-V1;Beleg^2.94_7.50_0.00_0.00_0.00^10.44:Bar;112;4711;2026-11-18T11:06:40.000Z;"
        f"2026-11-18T11:07:42.000Z;ecdsa-plain-SHA256;unixTime;{receipt.tse.signature};"
    )
    assert verify_signature(parse_code(code), tse_serial=receipt.tse.tse_serial).signed
    printed = to_text(document, 42)
    assert "TESTBETRIEB" not in printed
    assert "TSE-Transaktion                        112" in printed
    assert "Signaturzähler                        4711" in printed
    assert "Seriennummer der Kasse             KASSE-1" in printed
    assert receipt.tse.tse_serial in printed.replace("\n", "")
    assert receipt.tse.signature in printed.replace("\n", "")


def test_the_legible_block_can_be_left_to_the_code() -> None:
    printed = receipt_document(signed(sale()), "kasse-1", SETTINGS, 42, tse_text=False)
    assert len(qr_codes(printed)) == 1
    assert "Signaturzähler" not in to_text(printed, 42)


@pytest.mark.parametrize(
    "change", [{"public_key": ""}, {"signature": "*"}, {"log_time_format": ""}, {"process_data": "x" * 700}]
)
def test_where_no_code_can_be_made_all_is_legible_whatever_was_chosen(change: dict[str, str]) -> None:
    receipt = signed(sale())
    assert receipt.tse is not None
    unreadable = replace(receipt, tse=replace(receipt.tse, **change))  # type: ignore[arg-type]
    document = receipt_document(unreadable, "kasse-1", SETTINGS, 42, tse_text=False)
    assert qr_codes(document) == []
    assert "Signaturzähler                        4711" in to_text(document, 42)


def test_a_tse_for_tests_is_said_to_be_one() -> None:
    printed = text(signed(sale(), uncertified=True))
    assert "TESTBETRIEB - keine zertifizierte TSE" in printed
    assert "Signaturzähler                        4711" in printed


def test_a_tse_that_was_down_is_said_to_have_been_since_when_and_why() -> None:
    document = receipt_document(out_of_order(sale()), "kasse-1", SETTINGS, 42, tse_text=False)
    lines = [line.strip() for line in to_text(document, 42).splitlines()]
    assert "TSE AUSGEFALLEN seit 18.11.2026 11:56:40" in lines
    assert "Grund: keine Antwort in 5 s" in lines
    assert "Seriennummer der Kasse             KASSE-1" in lines
    assert qr_codes(document) == []
    assert not any("Transaktion" in line for line in lines)


def test_what_the_gateway_booked_says_so_and_tells_of_no_outage() -> None:
    printed = text(replace(sale(), tse=booked_by_gateway()))
    lines = [line.strip() for line in printed.splitlines()]
    assert "Vom Gateway gebucht, ohne TSE" in lines
    assert "Seriennummer der Kasse             KASSE-1" in lines
    assert not any("AUSGEFALLEN" in line or "TESTBETRIEB" in line for line in lines)


def test_training_is_marked_at_both_ends_and_bears_no_code_that_could_be_taken_for_a_receipt_s() -> None:
    document = receipt_document(signed(replace(sale(), type=ReceiptType.AV_TRAINING)), "kasse-1", SETTINGS, 42)
    assert document.elements.count(Text("TRAINING", Align.CENTER, bold=True, double=True)) == 2
    assert to_text(document, 42).count("kein gültiger Beleg") == 2
    assert qr_codes(document) == []
    assert "Vielen Dank" not in to_text(document, 42)


def qr_codes(document: Document) -> list[str]:
    return [element.data for element in document.elements if isinstance(element, QrCode)]
