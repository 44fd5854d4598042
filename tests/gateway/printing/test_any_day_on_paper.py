"""Whatever a till does in a day, each of its receipts can be signed, fits its paper, and bears a code that tells the same cents."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.errors import Refused, TryAgain
from branchgate.receipts.model import PaymentType, Receipt, ReceiptType
from branchgate.tse import parse_code, verify_signature
from drivers.escpos.document import QrCode
from drivers.escpos.layout import to_text
from gateway.printing.templates.receipt import receipt_document
from tests.branchgate.register.paper_register import NUMBERS, paper_till
from tests.branchgate.register.test_every_event import COMMANDS, about, done
from tests.gateway.printing.kinds import signed
from tests.gateway.printing.shop import SETTINGS


@settings(max_examples=60)
@given(st.lists(st.tuples(COMMANDS, st.integers(0, 9)), min_size=1, max_size=8), st.sampled_from([32, 42, 48]))
def test_every_receipt_of_any_day_is_signed_and_fits_its_paper(
    day: list[tuple[dict[str, Any], int]], columns: int
) -> None:
    for receipt in asyncio.run(receipts_of(day)):
        document = receipt_document(signed(receipt), "kasse-1", SETTINGS, columns)
        printed = to_text(document, columns)
        assert max(map(len, printed.splitlines())) <= columns
        codes = [element.data for element in document.elements if isinstance(element, QrCode)]
        assert len(codes) == (receipt.type is not ReceiptType.AV_TRAINING)
        for code in codes:
            require_same_cents(code, receipt)


async def receipts_of(day: list[tuple[dict[str, Any], int]]) -> list[Receipt]:
    till, happened = paper_till()
    for fields, back in day:
        try:
            await done(till, about(fields, NUMBERS.number(max(1, len(happened) - back))))
        except (Refused, TryAgain):
            continue  # A till that refuses has nothing to print.
    await till.close()
    return [each.receipt for each in happened]


def require_same_cents(code: str, receipt: Receipt) -> None:
    assert verify_signature(parse_code(code)).signed
    kind, sums, payments = parse_code(code).process_data.split("^")
    assert kind == receipt.type.dsfinvk
    assert sum(cents(text) for text in sums.split("_")) == receipt.total_cents
    ours = [part.split(":")[0] for part in payments.split("_") if part and part.count(":") == 1]
    paid = [paid for paid in receipt.payments if paid.type is not PaymentType.KEINE and not paid.foreign_amount]
    assert sum(map(cents, ours)) == sum(each.amount_cents for each in paid)


def cents(text: str) -> int:
    return int(text.replace(".", ""))
